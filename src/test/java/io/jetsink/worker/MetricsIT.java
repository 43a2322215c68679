package io.jetsink.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.ErrorCode;
import io.jetsink.metrics.Metric;
import io.jetsink.metrics.MetricCatalogue;
import io.jetsink.support.Bridge;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.kafka.ConnectWorker;
import io.jetsink.support.process.JmxClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The metrics of a task in a real worker, read over JMX: each counter is exact, and names and types are the same everywhere. */
class MetricsIT {
    private static final String NAME = "counted";
    private static final String TASK = "kafka.connect:type=plugins,connector=" + NAME + ",task=0";
    private static final String ALL = "kafka.connect:type=plugins,connector=" + NAME + ",*";

    private static final int RECORDS = 100_000;
    /** One record in so many is rejected, for two reasons in turn. */
    private static final int BAD_EVERY = 1_000;

    private static final int TOMBSTONE = 50_001;
    private static final int PART = RECORDS / 2;
    private static final int PAYLOAD = 100;
    private static final int MAX_MESSAGE = 1_000;
    private static final long ACKED = RECORDS - RECORDS / BAD_EVERY - 1;

    @Test
    void everyCounterIsExact() throws Exception {
        countsExactly(Bridge.shared());
    }

    @Tag("matrix")
    @ParameterizedTest
    @ValueSource(strings = {"3.6.2", "3.9.2", "4.1.2", "4.4.0"})
    void onEveryWorker(String version) throws Exception {
        try (Bridge bridge = Bridge.start(1, connect -> connect.kafka(version))) {
            countsExactly(bridge);
        }
    }

    private static void countsExactly(Bridge bridge) throws Exception {
        bridge.kafka().createTopic(NAME, 1);
        bridge.kafka().createTopic(NAME + ".dlq", 1);
        bridge.createStream(NAME, stream -> stream.allowBatched().maximumMessageSize(MAX_MESSAGE));
        try (FaultProxy proxy = FaultProxy.to(bridge.nats())) {
            produce(bridge, 0, PART);
            bridge.run(NAME, 1, config(proxy.url()));
            bridge.awaitDrained(NAME);
            try (JmxClient worker = worker(bridge)) {
                awaitValue(worker, "nats-epochs-total", 1L);
                proxy.reset();
                awaitValue(worker, "nats-epochs-total", 2L);
                produce(bridge, PART, RECORDS);
                bridge.awaitDrained(NAME);
                proxy.reset();
                awaitValue(worker, "nats-epochs-total", 3L);
                awaitValue(worker, "nats-window-size", 4_096L);
                awaitValue(worker, ",topic=" + NAME + ",partition=0", "nats-last-acked-offset", RECORDS - 1L);

                Map<String, Object> values = worker.values(ALL);
                assertThat(values).containsAllEntriesOf(exact());
                assertOthers(values);
                assertThat(worker.descriptions(ALL)).isEqualTo(descriptions());

                bridge.rest().delete(NAME);
                Awaitility.await("no MBean").until(() -> worker.values(ALL).isEmpty());
            }
        }
    }

    private static void produce(Bridge bridge, int from, int to) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < to; i++) {
            byte[] key = "k".getBytes(UTF_8);
            byte[] value = new byte[PAYLOAD];
            if (i == TOMBSTONE) {
                value = null;
            } else if (i % BAD_EVERY == 7) {
                boolean large = i / BAD_EVERY % 2 == 0;
                value = large ? new byte[MAX_MESSAGE + 1] : value;
                key = large ? key : null;
            }
            records.add(new ProducerRecord<>(NAME, 0, key, value));
        }
        bridge.kafka().produce(records);
    }

    private static Map<String, String> config(String url) {
        Map<String, String> config = new HashMap<>();
        config.put("nats.servers", url);
        config.put("subject", NAME + ".${key}");
        config.put("tombstones", "skip");
        config.put("metrics.partitions", "true");
        config.put("errors.tolerance", "all");
        config.put("errors.deadletterqueue.topic.name", NAME + ".dlq");
        config.put("errors.deadletterqueue.topic.replication.factor", "1");
        return config;
    }

    /** Returns the worker that runs the task. */
    private static JmxClient worker(Bridge bridge) throws IOException {
        for (ConnectWorker each : bridge.connect().workers()) {
            JmxClient client = JmxClient.attach(each.pid());
            if (!client.values(ALL).isEmpty()) {
                return client;
            }
            client.close();
        }
        throw new AssertionError("no worker has metrics of the task");
    }

    private static void awaitValue(JmxClient worker, String metric, Object value) {
        awaitValue(worker, "", metric, value);
    }

    private static void awaitValue(JmxClient worker, String tags, String metric, Object value) {
        Awaitility.await(metric)
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(worker.values(ALL)).containsEntry(TASK + tags + " " + metric, value));
    }

    private static Map<String, Object> exact() {
        Map<String, Object> exact = new TreeMap<>();
        exact.put("nats-records-total", (long) RECORDS);
        exact.put("nats-acked-total", ACKED);
        exact.put("nats-bytes-total", ACKED * (NAME.length() + ".k".length() + PAYLOAD));
        exact.put("nats-duplicate-acks-total", 0L);
        exact.put("nats-orphaned-total", 0L);
        exact.put("nats-ack-latency-count-total", ACKED);
        exact.put("nats-batch-records-total", ACKED);
        exact.put("nats-oldest-unacked-age-ms", 0L);
        exact.put("nats-inflight-records", 0L);
        exact.put("nats-inflight-bytes", 0L);
        exact.put("nats-waiting-records", 0L);
        exact.put("nats-window-size", 4_096L);
        exact.put("nats-paused-partitions", 0L);
        exact.put("nats-connected", 1L);
        exact.put("nats-reconnects-total", 2L);
        exact.put("nats-epochs-total", 3L);
        exact.put("nats-permission-violations-total", 0L);
        exact.put("nats-state", 0L);
        exact.put("nats-mode", 3L);
        exact.put("nats-fenced-total", 0L);
        exact.put("nats-partitions-not-shown", 0L);
        Map<String, Object> named = new TreeMap<>();
        exact.forEach((id, value) -> named.put(TASK + " " + id, value));
        named.put(TASK + ",topic=" + NAME + ",partition=0 nats-last-acked-offset", RECORDS - 1L);
        named.put(TASK + ",topic=" + NAME + ",partition=0 nats-unacked-records", 0L);
        reasons(named, "nats-skipped-total", ErrorCode.Counted.SKIPPED, Map.of(ErrorCode.TOMBSTONE_SKIPPED, 1L));
        reasons(
                named,
                "nats-rejected-total",
                ErrorCode.Counted.REJECTED,
                Map.of(ErrorCode.NO_SUBJECT, 50L, ErrorCode.TOO_LARGE, 50L));
        reasons(named, "nats-retries-total", ErrorCode.Counted.RETRIED, Map.of(ErrorCode.CONNECTION_LOST, 2L));
        return named;
    }

    /** All reasons are there from the start, at 0. */
    private static void reasons(
            Map<String, Object> named, String id, ErrorCode.Counted counted, Map<ErrorCode, Long> counts) {
        for (ErrorCode code : ErrorCode.of(counted)) {
            named.put(TASK + ",reason=" + code.id() + " " + id, counts.getOrDefault(code, 0L));
        }
    }

    /** Checks what depends on time. */
    private static void assertOthers(Map<String, Object> values) {
        long last = ACKED;
        for (int limit : new int[] {1, 5, 25, 100, 500, 2_500, 10_000}) {
            long over = number(values, "nats-ack-latency-over-" + limit + "-ms-total")
                    .longValue();
            assertThat(over).isBetween(0L, last);
            last = over;
        }
        double nanos = number(values, "nats-ack-latency-ns-total").doubleValue();
        assertThat(nanos / ACKED).as("mean").isBetween(1_000.0, 1e10);
        double max = number(values, "nats-ack-latency-ms-max").doubleValue();
        assertThat(number(values, "nats-ack-latency-ms-p50").doubleValue()).isBetween(0.001, max);
        assertThat(number(values, "nats-end-to-end-ms-max").doubleValue()).isPositive();
        assertThat(number(values, "nats-rtt-ms").doubleValue()).isBetween(0.001, 10_000.0);
        assertThat(number(values, "nats-batches-total").longValue()).isBetween(1L, ACKED);
        for (String part : List.of("waiting-for-kafka", "in-put", "blocked-on-nats")) {
            assertThat(number(values, "nats-time-" + part + "-ns-total").longValue())
                    .as(part)
                    .isBetween(1_000_000L, Duration.ofMinutes(5).toNanos());
        }
        assertThat(number(values, "nats-disconnected-ms-total").longValue()).isBetween(0L, 60_000L);
    }

    private static Number number(Map<String, Object> values, String id) {
        return (Number) values.get(TASK + " " + id);
    }

    /** Returns all metrics with their types and descriptions as they are in any worker. */
    private static Map<String, String> descriptions() {
        Map<String, String> all = new TreeMap<>();
        for (Metric metric : MetricCatalogue.all()) {
            String text = " " + metric.id();
            String description = "double " + metric.description();
            if (metric.tags().equals(List.of("topic", "partition"))) {
                all.put(TASK + ",topic=" + NAME + ",partition=0" + text, description);
            } else if (metric.tags().isEmpty()) {
                all.put(TASK + text, description);
            } else {
                reasons(metric.id()).forEach(code -> all.put(TASK + ",reason=" + code.id() + text, description));
            }
        }
        return all;
    }

    private static List<ErrorCode> reasons(String id) {
        return ErrorCode.of(
                switch (id) {
                    case "nats-skipped-total" -> ErrorCode.Counted.SKIPPED;
                    case "nats-rejected-total" -> ErrorCode.Counted.REJECTED;
                    default -> ErrorCode.Counted.RETRIED;
                });
    }
}
