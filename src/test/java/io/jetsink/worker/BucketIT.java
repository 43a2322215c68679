package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics of upserts and deletes become key-value buckets, in a real worker, also while the server is killed. */
class BucketIT {
    private static final int PARTITIONS = 3;
    /** The most that a bucket keeps: here all of a key. */
    private static final String HISTORY = "64";

    private static final ObjectMapper JSON = new ObjectMapper();
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

    /** As Debezium tells changes, without schemas: rows before and after, and a tombstone behind each delete. */
    @Test
    void aBucketIsTheTableThatChangesAreCapturedOf() throws Exception {
        String table = "shop.public.addresses";
        String connector = "addresses-cdc";
        kafka.createTopic(table, 1);
        try (Producer<String, String> changes = producer()) {
            change(changes, table, 1, null, "ann", "r");
            change(changes, table, 2, null, "bob", "c");
            change(changes, table, 3, null, "cy", "c");
            change(changes, table, 1, "ann", "anna", "u");
            change(changes, table, 2, "bob", null, "d");
            changes.send(new ProducerRecord<>(table, "{\"id\":2}", null));
        }
        Map<String, String> config = config(connector, "exactly-once", "delete");
        config.put("topics", table);
        config.put("subject", "${key.id}");
        config.put("key.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("key.converter.schemas.enable", "false");
        config.put("value.converter", "org.apache.kafka.connect.json.JsonConverter");
        config.put("value.converter.schemas.enable", "false");
        config.put("transforms", "row");
        config.put("transforms.row.type", "org.apache.kafka.connect.transforms.ExtractField$Value");
        config.put("transforms.row.field", "after");
        worker.rest().create(connector, config);
        awaitDrained(connector, table);

        try (Connection connection = nats.connect()) {
            Map<String, JsonNode> rows = new HashMap<>();
            for (Map.Entry<String, String> row :
                    Buckets.read(connection, connector).entrySet()) {
                rows.put(row.getKey(), JSON.readTree(row.getValue()));
            }
            assertThat(rows).isEqualTo(Map.of("1", JSON.readTree(row(1, "anna")), "3", JSON.readTree(row(3, "cy"))));
            assertThat(Buckets.history(connection, connector, "2")).hasSize(3).endsWith("DELETE", "DELETE");
        } finally {
            worker.rest().delete(connector);
        }
    }

    private static void change(
            Producer<String, String> changes, String table, int id, String before, String after, String operation) {
        changes.send(new ProducerRecord<>(
                table,
                "{\"id\":" + id + "}",
                "{\"before\":" + row(id, before) + ",\"after\":" + row(id, after)
                        + ",\"source\":{\"lsn\":4711},\"op\":\"" + operation + "\",\"ts_ms\":1785587696789}"));
    }

    private static String row(int id, String name) {
        return name == null ? null : "{\"id\":" + id + ",\"name\":\"" + name + "\"}";
    }

    private static Producer<String, String> producer() {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap()), new StringSerializer(), new StringSerializer());
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
            awaitDrained(name, name);

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

    private static void awaitDrained(String connector, String topic) {
        Map<TopicPartition, Long> ends = kafka.endOffsets(topic);
        Awaitility.await("committed offsets of " + topic + " to reach " + ends)
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .failFast("a task failed", () -> worker.rest().status(connector).failed())
                .until(() -> kafka.committed("connect-" + connector).equals(ends));
    }
}
