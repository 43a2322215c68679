package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.UpsertLoad;
import io.jetsink.support.kafka.EmbeddedWorker;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.Buckets;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics of upserts and deletes become key-value buckets, in a real worker, also while the server is killed. */
class BucketIT {
    private static final int PARTITIONS = 3;
    /** The most that a bucket keeps: here all of a key. */
    private static final String HISTORY = "64";

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private static KafkaCluster kafka;
    private static NatsServer nats;
    private static EmbeddedWorker worker;

    @BeforeAll
    static void start() {
        kafka = KafkaCluster.start();
        nats = NatsServer.start();
        worker = EmbeddedWorker.start(kafka.bootstrap());
    }

    @AfterAll
    static void stop() {
        worker.close();
        nats.close();
        kafka.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "exactly-once"})
    void holdsTheLastValueOfEachKeyThoughTheServerIsKilled(String mode) throws Exception {
        check("short-" + mode, mode, "delete", 10_000, 500);
    }

    @Tag("faults")
    @ParameterizedTest
    @CsvSource({
        "async, delete",
        "sync, delete",
        "fast, delete",
        "auto, delete",
        "exactly-once, delete",
        "async, purge",
        "fast, purge",
        "exactly-once, purge",
    })
    void holdsTheLastValueOfEachOfManyKeys(String mode, String tombstones) throws Exception {
        check("long-" + mode + "-" + tombstones, mode, tombstones, 100_000, 5_000);
    }

    private static void check(String name, String mode, String tombstones, int records, int keys) throws Exception {
        kafka.createTopic(name, PARTITIONS);
        worker.rest().create(name, config(name, mode, tombstones));
        worker.rest().awaitRunning(name, 2);
        try (UpsertLoad load = new UpsertLoad(kafka.bootstrap(), name, keys, 4711)) {
            load.start(records, Duration.ofMillis(records / 4));
            awaitStored(name, records / 3);
            nats.kill9();
            nats.restart();
            load.join();
            kafka.awaitDrained(worker.rest(), name, List.of(name), PATIENCE);

            try (Connection connection = nats.connect()) {
                assertThat(Buckets.read(connection, name)).isEqualTo(load.last());
                if (tombstones.equals("delete")) {
                    assertHistory(connection, name, load, mode.equals("exactly-once"));
                }
            }
        } finally {
            worker.rest().delete(name);
        }
    }

    /** Of the keys that saw the kill, as of all: each value once, or, with repeats, in an order that ends as it should. */
    private static void assertHistory(Connection connection, String bucket, UpsertLoad load, boolean once)
            throws Exception {
        for (String key : load.values().keySet().stream().sorted().limit(100).toList()) {
            List<String> expected = new ArrayList<>();
            for (String value : load.values().get(key)) {
                expected.add(value == null ? "DELETE" : "PUT " + value);
            }
            List<String> history = Buckets.history(connection, bucket, key);
            if (once) {
                assertThat(history).as(key).isEqualTo(expected);
            } else {
                assertThat(history).as(key).containsAll(expected).endsWith(expected.get(expected.size() - 1));
            }
        }
    }

    private static Map<String, String> config(String name, String mode, String tombstones) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", Bridge.CONNECTOR_CLASS);
        config.put("topics", name);
        config.put("tasks.max", "2");
        config.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        config.put("value.converter", "org.apache.kafka.connect.storage.StringConverter");
        config.put("nats.servers", nats.url());
        config.put("target", "kv");
        config.put("kv.bucket", name);
        config.put("kv.bucket.create", "true");
        config.put("kv.bucket.history", HISTORY);
        config.put("tombstones", tombstones);
        if (mode.equals("exactly-once")) {
            config.put("delivery.guarantee", mode);
        } else {
            config.put("publish.mode", mode);
        }
        return config;
    }

    private static void awaitStored(String bucket, long messages) {
        Awaitility.await(messages + " messages in " + bucket)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> nats.lastSequence("KV_" + bucket) >= messages);
    }
}
