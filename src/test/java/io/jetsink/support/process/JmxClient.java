package io.jetsink.support.process;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Reads the MBeans of another process of this machine, over JMX's own protocol. */
public final class JmxClient implements AutoCloseable {
    private final JMXConnector connector;
    private final MBeanServerConnection server;

    private JmxClient(JMXConnector connector) throws IOException {
        this.connector = connector;
        this.server = connector.getMBeanServerConnection();
    }

    /** Connects to a JVM, which needs no option for it. */
    @SuppressWarnings("BanJNDI") // The other end is a process that the test has started.
    public static JmxClient attach(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new JmxClient(
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException(e);
        }
    }

    /** Returns the values of all attributes of the MBeans with names of this pattern, by name, blank, attribute. */
    public Map<String, Object> values(String pattern) throws IOException {
        Map<String, Object> values = new TreeMap<>();
        try {
            for (ObjectName name : server.queryNames(new ObjectName(pattern), null)) {
                values.putAll(values(name));
            }
        } catch (JMException e) {
            throw new IOException(e);
        }
        return values;
    }

    private Map<String, Object> values(ObjectName name) throws IOException, JMException {
        Map<String, Object> values = new TreeMap<>();
        try {
            String[] attributes = names(server.getMBeanInfo(name).getAttributes());
            for (Attribute attribute : server.getAttributes(name, attributes).asList()) {
                values.put(name + " " + attribute.getName(), attribute.getValue());
            }
        } catch (InstanceNotFoundException gone) {
            // Kafka replaces an MBean to add an attribute to it.
            return Map.of();
        }
        return values;
    }

    /** Returns types and descriptions of all attributes of the MBeans with names of this pattern. */
    public Map<String, String> descriptions(String pattern) throws IOException {
        Map<String, String> descriptions = new TreeMap<>();
        try {
            for (ObjectName name : server.queryNames(new ObjectName(pattern), null)) {
                for (MBeanAttributeInfo each : server.getMBeanInfo(name).getAttributes()) {
                    descriptions.put(name + " " + each.getName(), each.getType() + " " + each.getDescription());
                }
            }
        } catch (JMException e) {
            throw new IOException(e);
        }
        return descriptions;
    }

    private static String[] names(MBeanAttributeInfo[] attributes) {
        String[] names = new String[attributes.length];
        for (int i = 0; i < attributes.length; i++) {
            names[i] = attributes[i].getName();
        }
        return names;
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
