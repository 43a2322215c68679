package io.jetsink.metrics;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers metrics as MBeans of the connector's own, for workers without plugin metrics. Object names, attributes and types
 * are those that the worker's {@code JmxReporter} gives plugin metrics (Kafka 4.1 to 4.4).
 */
final class MBeanRegistry implements MetricRegistry {
    private static final Logger LOG = LoggerFactory.getLogger(MBeanRegistry.class);

    /** The values that {@code JmxReporter} leaves without quotes. */
    private static final Pattern PLAIN = Pattern.compile("[\\w-%. \t]*");

    private final MBeanServer server;
    private final String prefix;
    private final Map<MetricSet, ObjectName> registered = new HashMap<>();

    MBeanRegistry(String connector, String task) {
        this(ManagementFactory.getPlatformMBeanServer(), connector, task);
    }

    MBeanRegistry(MBeanServer server, String connector, String task) {
        this.server = server;
        this.prefix = "kafka.connect:type=plugins" + tag("connector", connector) + tag("task", task);
    }

    @Override
    public boolean add(MetricSet set) {
        if (registered.containsKey(set)) {
            return true;
        }
        try {
            ObjectName name = name(set);
            server.registerMBean(new MetricsMBean(set), name);
            registered.put(set, name);
            return true;
        } catch (InstanceAlreadyExistsException taken) {
            return false;
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void remove(MetricSet set) {
        ObjectName name = registered.remove(set);
        if (name == null) {
            return;
        }
        try {
            server.unregisterMBean(name);
        } catch (InstanceNotFoundException gone) {
            LOG.debug("{} was removed by another thread", name, gone);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    private ObjectName name(MetricSet set) throws MalformedObjectNameException {
        StringBuilder name = new StringBuilder(prefix);
        set.tags().forEach((tag, value) -> name.append(tag(tag, value)));
        return new ObjectName(name.toString());
    }

    private static String tag(String name, String value) {
        return "," + name + "=" + (PLAIN.matcher(value).matches() ? value : ObjectName.quote(value));
    }
}
