package io.jetsink.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.MetricsSettings;
import io.jetsink.support.Logged;
import io.jetsink.support.PluginContext;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registration with the worker's own registry, and as MBeans; both in the platform's MBean server. */
class MetricRegistrationTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();
    private static final TopicPartition P0 = new TopicPartition("or ders", 0);

    /** The worker of a registration. */
    enum Worker {
        WITH_PLUGIN_METRICS,
        OLDER
    }

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Metrics workers = new Metrics(
            new MetricConfig(), List.of(new JmxReporter()), Time.SYSTEM, new KafkaMetricsContext("kafka.connect"));

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        workers.close();
        assertThat(beans()).isEmpty();
    }

    private static TaskMetrics metrics() {
        return new TaskMetrics(new MetricsSettings(true, true));
    }

    private MetricRegistration register(Worker worker, String connector, TaskMetrics metrics) {
        MetricRegistry registry;
        if (worker == Worker.OLDER) {
            registry = new MBeanRegistry(connector, "3");
        } else {
            Map<String, String> tags = new LinkedHashMap<>();
            tags.put("connector", connector);
            tags.put("task", "3");
            registry = PluginMetricRegistry.of(PluginContext.with(new PluginMetricsImpl(workers, tags)));
        }
        MetricRegistration registration = new MetricRegistration(connector + "-3", registry, metrics);
        open.add(registration);
        return registration;
    }

    private static List<String> beans() throws Exception {
        return SERVER.queryNames(new ObjectName("kafka.connect:type=plugins,*"), null).stream()
                .map(ObjectName::toString)
                .sorted()
                .toList();
    }

    /** Returns object names and attributes with types and descriptions. */
    private static Map<String, String> shown() throws Exception {
        Map<String, String> shown = new TreeMap<>();
        for (String bean : beans()) {
            ObjectName name = new ObjectName(bean);
            for (MBeanAttributeInfo each : SERVER.getMBeanInfo(name).getAttributes()) {
                Object value = SERVER.getAttribute(name, each.getName());
                shown.put(
                        bean + " " + each.getName(),
                        each.getType() + " " + value.getClass().getSimpleName() + " " + each.getDescription()
                                + each.isReadable() + each.isWritable());
            }
        }
        return shown;
    }

    private static Object value(String tags, String attribute) throws Exception {
        return SERVER.getAttribute(new ObjectName("kafka.connect:type=plugins," + tags), attribute);
    }

    @Test
    void namesTypesAndDescriptionsAreTheSameOnAllWorkers() throws Exception {
        for (String connector : List.of("orders", "or ders", "a,b=\"c\"*?\n")) {
            MetricRegistration plugin = register(Worker.WITH_PLUGIN_METRICS, connector, metrics());
            plugin.open(List.of(P0));
            Map<String, String> byWorker = shown();
            plugin.close();
            assertThat(beans()).isEmpty();
            MetricRegistration own = register(Worker.OLDER, connector, metrics());
            own.open(List.of(P0));

            assertThat(shown()).isEqualTo(byWorker).hasSizeGreaterThan(70);
            own.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Worker.class)
    void valuesAreReadWhenTheyAreAskedFor(Worker worker) throws Exception {
        TaskMetrics metrics = metrics();
        register(worker, "orders", metrics);
        assertThat(value("connector=orders,task=3", "nats-records-total")).isEqualTo(0L);

        metrics.delivered(7);
        metrics.skipped(io.jetsink.message.ErrorCode.TOMBSTONE_SKIPPED);

        assertThat(value("connector=orders,task=3", "nats-records-total")).isEqualTo(7L);
        assertThat(value("connector=orders,task=3,reason=JS-5012", "nats-skipped-total"))
                .isEqualTo(1L);
        assertThat(value("connector=orders,task=3,reason=JS-5013", "nats-skipped-total"))
                .isEqualTo(0L);
    }

    @ParameterizedTest
    @EnumSource(Worker.class)
    void aNameThatIsTakenFailsNothingAndIsRegisteredLater(Worker worker) throws Exception {
        TaskMetrics zombies = metrics();
        MetricRegistration zombie = register(worker, "orders", zombies);
        zombie.open(List.of(P0));
        zombies.delivered(1);
        List<String> names = beans();
        TaskMetrics metrics = metrics();
        metrics.delivered(2);
        try (Logged log = Logged.of(MetricRegistration.class.getName())) {
            MetricRegistration registration = register(worker, "orders", metrics);
            registration.open(List.of(P0));
            registration.retry();

            assertThat(log.lines()).singleElement().asString().startsWith("WARN [JS-1011] orders-3: ");
            assertThat(value("connector=orders,task=3", "nats-records-total")).isEqualTo(1L);

            zombie.close();
            assertThat(beans()).isEmpty();
            registration.retry();

            assertThat(beans()).isEqualTo(names);
            assertThat(value("connector=orders,task=3", "nats-records-total")).isEqualTo(2L);
            assertThat(log.lines()).hasSize(2);
            zombie.close();
            assertThat(beans()).isEqualTo(names);
        }
    }

    @ParameterizedTest
    @EnumSource(Worker.class)
    void partitionsComeAndGo(Worker worker) throws Exception {
        TaskMetrics metrics = metrics();
        MetricRegistration registration = register(worker, "orders", metrics);
        int before = beans().size();
        List<TopicPartition> partitions = IntStream.range(0, 103)
                .mapToObj(number -> new TopicPartition("orders", number))
                .toList();

        registration.open(partitions);

        assertThat(beans()).hasSize(before + PartitionMetrics.MOST);
        assertThat(value("connector=orders,task=3", "nats-partitions-not-shown"))
                .isEqualTo(3L);
        metrics.partitions().show(partitions.get(7), 41, 2);
        metrics.partitions().show(partitions.get(102), 41, 2);
        assertThat(value("connector=orders,task=3,topic=orders,partition=7", "nats-last-acked-offset"))
                .isEqualTo(41L);
        assertThat(value("connector=orders,task=3,topic=orders,partition=7", "nats-unacked-records"))
                .isEqualTo(2L);

        registration.close(partitions.subList(0, 2));
        assertThat(beans()).hasSize(before + PartitionMetrics.MOST);
        assertThat(value("connector=orders,task=3", "nats-partitions-not-shown"))
                .isEqualTo(1L);
        registration.close(partitions);
        assertThat(beans()).hasSize(before);
    }

    @Test
    void twoConnectorsDoNotCollide() throws Exception {
        register(Worker.OLDER, "orders", metrics());
        int one = beans().size();
        try (Logged log = Logged.of(MetricRegistration.class.getName())) {
            register(Worker.OLDER, "invoices", metrics());

            assertThat(log.lines()).isEmpty();
        }
        assertThat(beans()).hasSize(2 * one);
    }

    @Test
    void disabledMetricsAreNotRegistered() throws Exception {
        MetricRegistration registration =
                register(Worker.OLDER, "orders", new TaskMetrics(new MetricsSettings(false, false)));
        registration.open(List.of(P0));

        assertThat(shown().keySet())
                .noneMatch(
                        name -> name.contains("latency") || name.contains("end-to-end") || name.contains("partition="));
        assertThat(value("connector=orders,task=3", "nats-acked-total")).isEqualTo(0L);
    }

    /** After the worker has closed its registry, each call of it fails. */
    @Test
    void aRegistryThatFailsFailsNoTask() throws Exception {
        PluginMetricsImpl closed = new PluginMetricsImpl(workers, Map.of("connector", "orders", "task", "3"));
        closed.close();
        try (Logged log = Logged.of(MetricRegistration.class.getName())) {
            MetricRegistration registration =
                    new MetricRegistration("orders-3", PluginMetricRegistry.of(PluginContext.with(closed)), metrics());
            registration.retry();
            registration.close();

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("JS-1011")
                    .contains("closed");
        }
    }
}
