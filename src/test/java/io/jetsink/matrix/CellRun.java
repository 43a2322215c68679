package io.jetsink.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.faults.Guarantee;
import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.ConnectWorker;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.process.JavaHome;
import io.jetsink.support.process.JmxClient;
import io.jetsink.support.stream.StreamReport;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one cell: a worker with the packaged zip, a nats-server, and a connector for each guarantee, all of one topic. Both
 * the server and the worker are killed under load.
 */
final class CellRun {
    private static final Logger LOG = LoggerFactory.getLogger(CellRun.class);
    private static final int PARTITIONS = 2;
    private static final int RECORDS_PER_SECOND = 2_000;
    /** A stream must have stored this many more messages to count as running. */
    private static final int PROGRESS = 200;

    private static final int STEP_BACK = 100;
    /** The shortest that a broker allows. */
    private static final String SESSION = "6000";

    private static final String HEARTBEAT = "1500";

    private final Cell cell;
    private final String topic;
    private final int records;
    private final Bridge bridge;
    private final Map<Guarantee, StreamReport> reports = new EnumMap<>(Guarantee.class);

    private CellRun(Cell cell, String topic, int records, Bridge bridge) {
        this.cell = cell;
        this.topic = topic;
        this.records = records;
        this.bridge = bridge;
    }

    /**
     * @param prefix distinguishes runs in one Kafka cluster
     * @param records the least number of records for each guarantee
     */
    static Row run(Cell cell, String prefix, int records) throws Exception {
        long begin = System.nanoTime();
        String topic = cell.key(prefix);
        NatsServer nats = NatsServer.builder().version(cell.nats()).start();
        try (Bridge bridge = Bridge.guest(
                topic,
                nats,
                worker -> worker.kafka(cell.connect())
                        .java(JavaHome.of(cell.java()))
                        .property("plugin.discovery", "service_load")
                        // A killed worker and its consumers have to leave their groups.
                        .property("session.timeout.ms", SESSION)
                        .property("heartbeat.interval.ms", HEARTBEAT))) {
            CellRun run = new CellRun(cell, topic, records, bridge);
            try (LoadProducer load = bridge.load(topic, PARTITIONS)
                    .recordsPerSecond(RECORDS_PER_SECOND)
                    .build()) {
                LOG.info("{}: started after {} s", cell, since(begin));
                run.versionsAreThoseOfTheCell();
                run.pluginIsFound();
                run.validates();
                run.begin();
                run.undisturbed(load);
                LOG.info("{}: published without a fault after {} s", cell, since(begin));
                run.killed(load);
                LOG.info("{}: published through the kills after {} s", cell, since(begin));
            }
            run.offsetsAreAltered();
            run.metricsAreThere();
            LOG.info("{}: ended after {} s", cell, since(begin));
            return run.row(since(begin));
        }
    }

    private static long since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    }

    private void versionsAreThoseOfTheCell() throws IOException {
        assertThat(bridge.rest().get("/").path("version").asText()).isEqualTo(cell.connect());
        assertThat(new ObjectMapper()
                        .readTree(bridge.nats().monitor("/varz"))
                        .path("version")
                        .asText())
                .isEqualTo(cell.nats().version());
        try (JmxClient jmx = JmxClient.attach(worker().pid())) {
            assertThat(jmx.values("java.lang:type=Runtime"))
                    .containsEntry("java.lang:type=Runtime SpecVersion", Integer.toString(cell.java()));
        }
    }

    private void pluginIsFound() {
        assertThat(bridge.rest().plugins())
                .containsEntry(Bridge.CONNECTOR_CLASS, System.getProperty("jetsink.version"));
        assertThat(bridge.logged("Failed to discover")).isEmpty();
    }

    private void validates() {
        Map<String, String> config = bridge.config(topic, PARTITIONS);
        config.put("name", topic);
        assertThat(bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).errors())
                .isEmpty();
        config.put("publish.mode", "fastest");
        assertThat(bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).errors())
                .containsOnlyKeys("publish.mode");
    }

    private void begin() {
        bridge.kafka().createTopic(topic, PARTITIONS);
        cell.guarantees()
                .forEach(guarantee -> bridge.nats()
                        .ask(streams -> streams.addStream(
                                guarantee.stream(name(guarantee)).build())));
        for (Guarantee guarantee : cell.guarantees()) {
            Map<String, String> config = new HashMap<>(bridge.config(name(guarantee), PARTITIONS));
            config.putAll(guarantee.config());
            config.put("topics", topic);
            config.put("consumer.override.session.timeout.ms", SESSION);
            config.put("consumer.override.heartbeat.interval.ms", HEARTBEAT);
            bridge.rest().create(name(guarantee), config);
        }
        cell.guarantees().forEach(guarantee -> bridge.rest().awaitRunning(name(guarantee), PARTITIONS));
    }

    /** Without a fault, each guarantee stores each record once and in order. */
    private void undisturbed(LoadProducer load) throws Exception {
        // The queue of a stream has room for more, so that best-effort loses nothing.
        List<Long> produced = load.produce(records / 5);
        for (Guarantee guarantee : cell.guarantees()) {
            awaitDrained(guarantee);
            // best-effort commits what the server has read and may not have stored.
            bridge.awaitStored(name(guarantee), sum(produced));
            bridge.report(name(guarantee), produced).assertClean();
        }
    }

    private void killed(LoadProducer load) throws Exception {
        load.start();
        awaitProgress();
        bridge.nats().kill9();
        load.awaitAcked(load.acked() + RECORDS_PER_SECOND / 2, Duration.ofSeconds(30));
        bridge.nats().restart();
        awaitProgress();
        worker().kill9();
        // Finds the plugin in the other way, and fails if the service file does not list it.
        bridge.connect().property(worker(), "plugin.discovery", "hybrid_fail");
        worker().restart();
        pluginIsFound();
        awaitProgress();
        List<Long> produced = load.stop();
        if (sum(produced) < records) {
            produced = load.produce((records - sum(produced)) / PARTITIONS);
        }
        assertThat(sum(produced)).isGreaterThanOrEqualTo(records);
        for (Guarantee guarantee : cell.guarantees()) {
            awaitDrained(guarantee);
            assertThat(bridge.rest().status(name(guarantee)).running(PARTITIONS))
                    .as("%s runs", guarantee)
                    .isTrue();
            StreamReport report = bridge.report(name(guarantee), produced);
            reports.put(guarantee, report);
            assertThat(report.foreign()).as("%s: %s", guarantee, report).isZero();
            if (guarantee.losesNothing()) {
                assertThat(report.lost()).as("%s: %s", guarantee, report).isZero();
            }
            if (guarantee.promisesOnce()) {
                assertThat(report.duplicated()).as("%s: %s", guarantee, report).isZero();
            }
            if (guarantee.keepsOrder()) {
                assertThat(report.outOfOrder()).as("%s: %s", guarantee, report).isZero();
            }
        }
        assertThat(reports.get(Guarantee.ASYNC).duplicated())
                .as("the kills make duplicates without exactly-once, or they prove nothing")
                .isPositive();
    }

    private void offsetsAreAltered() {
        List<Guarantee> altered = cell.guarantees().stream()
                .filter(guarantee -> guarantee == Guarantee.ASYNC || guarantee.promisesOnce())
                .toList();
        Map<Guarantee, Long> stored = new EnumMap<>(Guarantee.class);
        altered.forEach(guarantee -> {
            stored.put(guarantee, bridge.stored(name(guarantee)));
            bridge.rest().stop(name(guarantee));
        });
        TopicPartition first = new TopicPartition(topic, 0);
        altered.forEach(guarantee -> {
            long offset = bridge.committed(name(guarantee)).get(first) - STEP_BACK;
            bridge.onceStopped(() -> bridge.rest().alterOffsets(name(guarantee), Map.of(first, offset)));
            bridge.rest().resume(name(guarantee));
        });
        altered.forEach(guarantee -> {
            long expected = stored.get(guarantee) + STEP_BACK;
            bridge.awaitStored(name(guarantee), expected);
            awaitDrained(guarantee);
            assertThat(bridge.stored(name(guarantee))).as("%s", guarantee).isEqualTo(expected);
        });
    }

    private void metricsAreThere() throws IOException {
        try (JmxClient jmx = JmxClient.attach(worker().pid())) {
            for (Guarantee guarantee : cell.guarantees()) {
                String pattern = "kafka.connect:type=plugins,connector=" + name(guarantee) + ",*";
                double published = jmx.values(pattern).entrySet().stream()
                        .filter(metric -> metric.getKey().endsWith(" nats-records-total"))
                        .mapToDouble(metric -> ((Number) metric.getValue()).doubleValue())
                        .sum();
                assertThat(published).as("nats-records-total of %s", guarantee).isPositive();
            }
        }
    }

    private Row row(long seconds) {
        return Row.works(
                cell,
                sum(reports.get(Guarantee.ASYNC), StreamReport.Partition::expected),
                lost(true),
                duplicated(true),
                duplicated(false),
                lost(false),
                seconds);
    }

    private long lost(boolean safe) {
        return reports.entrySet().stream()
                .filter(entry -> entry.getKey().losesNothing() == safe)
                .mapToLong(entry -> entry.getValue().lost())
                .sum();
    }

    private long duplicated(boolean once) {
        return reports.entrySet().stream()
                .filter(entry -> entry.getKey().promisesOnce() == once)
                .mapToLong(entry -> entry.getValue().duplicated())
                .sum();
    }

    private static long sum(StreamReport report, ToLongFunction<StreamReport.Partition> field) {
        return report.partitions().stream().mapToLong(field).sum();
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    private String name(Guarantee guarantee) {
        return topic + "-" + guarantee.key();
    }

    private ConnectWorker worker() {
        return bridge.connect().worker(0);
    }

    private void awaitProgress() {
        cell.guarantees().forEach(guarantee -> bridge.awaitMore(name(guarantee), PROGRESS));
    }

    private void awaitDrained(Guarantee guarantee) {
        bridge.kafka().awaitDrained(bridge.rest(), name(guarantee), List.of(topic), Duration.ofSeconds(90));
    }
}
