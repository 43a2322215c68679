package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.TaskAccess;
import io.jetsink.support.Logged;
import io.jetsink.support.PluginContext;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The MBeans of real tasks, on workers with plugin metrics and on older ones. No server is needed: a task starts without. */
class TaskBeansTest {
    private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final int STARTS = 100;

    private final Metrics workers = new Metrics(
            new MetricConfig(), List.of(new JmxReporter()), Time.SYSTEM, new KafkaMetricsContext("kafka.connect"));

    /** A task as a worker runs it. */
    private final class Running {
        private final NatsJetStreamSinkTask task = new NatsJetStreamSinkTask();
        private final PluginMetricsImpl metrics;

        Running(boolean older, String connector, int number) {
            Map<String, String> tags = new LinkedHashMap<>();
            tags.put("connector", connector);
            tags.put("task", Integer.toString(number));
            metrics = new PluginMetricsImpl(workers, tags);
            task.initialize(older ? PluginContext.without() : PluginContext.with(metrics));
        }

        void start(Map<String, String> config) {
            task.start(config);
            task.open(Set.of(PARTITION));
            task.put(List.of());
        }

        void commit() {
            task.preCommit(Map.of());
        }

        /** Connect closes the plugin metrics of a task after it has stopped the task. */
        void stop() throws IOException {
            task.stop();
            metrics.close();
        }
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        workers.close();
        assertThat(beans()).isEmpty();
    }

    private static Set<ObjectName> beans() throws Exception {
        return SERVER.queryNames(new ObjectName("kafka.connect:type=plugins,*"), null);
    }

    private static long records(String connector) throws Exception {
        ObjectName name = new ObjectName("kafka.connect:type=plugins,connector=" + connector + ",task=0");
        return (Long) SERVER.getAttribute(name, "nats-records-total");
    }

    private static Map<String, String> config(String connector, int number) throws IOException {
        Map<String, String> config = new HashMap<>(TaskAccess.number(number));
        config.put("name", connector);
        config.put("topics", "orders");
        config.put("metrics.partitions", "true");
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            config.put("nats.servers", "nats://127.0.0.1:" + closed.getLocalPort());
        }
        return config;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void startsAndStopsLeaveNoBean(boolean older) throws Exception {
        try (Logged log = Logged.of("io.jetsink.metrics")) {
            for (int start = 0; start < STARTS; start++) {
                Running task = new Running(older, "orders", start % 3);
                task.start(config("orders", start % 3));
                assertThat(beans()).hasSizeGreaterThan(40);
                task.commit();
                task.stop();
                assertThat(beans()).isEmpty();
            }

            assertThat(log.lines()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFailedStartLeavesNoBean(boolean older) throws Exception {
        Running task = new Running(older, "orders", 0);
        Map<String, String> config = config("orders", 0);
        config.put("publish.mode", "none");

        assertThatThrownBy(() -> task.start(config)).isInstanceOf(ConfigException.class);
        task.stop();

        assertThat(beans()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tasksOfTwoConnectorsDoNotCollide(boolean older) throws Exception {
        try (Logged log = Logged.of("io.jetsink.metrics")) {
            Running orders = new Running(older, "orders", 0);
            orders.start(config("orders", 0));
            int one = beans().size();
            Running second = new Running(older, "orders", 1);
            second.start(config("orders", 1));
            Running invoices = new Running(older, "invoices", 0);
            invoices.start(config("invoices", 0));

            assertThat(beans()).hasSize(3 * one);
            assertThat(log.lines()).isEmpty();
            orders.stop();
            assertThat(beans()).hasSize(2 * one);
            assertThat(records("invoices")).isZero();
            second.stop();
            invoices.stop();
        }
    }

    /** Connect gives a task up that does not stop in time, and starts the task again while the thread of the first runs. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aZombieOfTheSameNameFailsNothing(boolean older) throws Exception {
        try (Logged log = Logged.of("io.jetsink.metrics")) {
            Running zombie = new Running(older, "orders", 0);
            zombie.start(config("orders", 0));
            Set<ObjectName> names = beans();

            Running task = new Running(older, "orders", 0);
            task.start(config("orders", 0));
            task.commit();
            task.commit();
            assertThat(log.lines("WARN")).singleElement().asString().contains("[JS-1011] orders-0: ");

            zombie.stop();
            assertThat(beans()).isEmpty();
            task.commit();
            assertThat(beans()).isEqualTo(names);
            task.stop();
        }
    }

    @Test
    void aWorkerThatGivesNoRegistryGetsMBeans() throws Exception {
        NatsJetStreamSinkTask task = new NatsJetStreamSinkTask();
        task.initialize(PluginContext.with(null));
        task.start(config("orders", 0));

        assertThat(records("orders")).isZero();
        task.stop();
    }
}
