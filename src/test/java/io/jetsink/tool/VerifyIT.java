package io.jetsink.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code jetsink verify} with topics of a real broker and streams of a real nats-server that differ in known places. */
class VerifyIT {
    private static final String TOPIC = "verified";
    private static final String GROUP = "connect-verified";
    private static final int RECORDS = 10_000;

    private static KafkaCluster kafka;
    private static NatsServer nats;
    private static Connection connection;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        nats = NatsServer.start();
        connection = nats.connect();
        kafka = Bridge.shared().kafka();
        kafka.createTopic(TOPIC, 2);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(record(TOPIC, i % 2, "k" + i, StreamFill.value(i)));
        }
        kafka.produce(records);
        commit(TOPIC, RECORDS / 2, RECORDS / 2);
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        nats.close();
    }

    @AfterEach
    void clean() throws Exception {
        for (String name : connection.jetStreamManagement().getStreamNames()) {
            connection.jetStreamManagement().deleteStream(name);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachDifferenceIsReportedWithItsCoordinates(VerifyWay way) throws Exception {
        connection.jetStreamManagement().addStream(way.stream());
        new StreamFill(connection, way, TOPIC).tampered(RECORDS, 4_000, 101, 6_000, 8_000);

        ToolRun run = verify(way.config(TOPIC, nats.url()));

        assertThat(run.status()).isEqualTo(1);
        JsonNode report = run.json();
        assertThat(counts(report)).containsExactly(RECORDS, RECORDS - 1, 1, 1, 1, 1);
        assertThat(counts(report.at("/partitions/verified-0"))).containsExactly(5_000, 4_999, 1, 0, 1, 0);
        assertThat(counts(report.at("/partitions/verified-1"))).containsExactly(5_000, 5_000, 0, 1, 0, 0);
        assertThat(report.path("examples")).isEqualTo(ToolRun.JSON.readTree("""
                {"missing": [{"record": "verified-0@2000"}],
                 "duplicates": [{"record": "verified-1@50", "sequence": 10001, "firstSequence": 102}],
                 "outOfOrder": [{"record": "verified-0@3000", "sequence": 6002,
                                 "behindRecord": "verified-0@3001", "behindSequence": 6000}],
                 "foreign": [{"sequence": 8000, "subject": "%s.0"}]}
                """.formatted(way.subject())));
        assertThat(report.path("kept").asBoolean()).isFalse();
        assertThat(report.path("verdict").asText())
                .isEqualTo("broken: at-least-once promises that each record is stored: 1 missing");
    }

    @ParameterizedTest
    @EnumSource
    void anEqualStreamKeepsThePromise(VerifyWay way) throws Exception {
        connection.jetStreamManagement().addStream(way.stream());
        new StreamFill(connection, way, TOPIC).all(RECORDS);

        ToolRun run = verify(way.config(TOPIC, nats.url()));

        assertThat(run.status()).as(run.toString()).isZero();
        assertThat(counts(run.json())).containsExactly(RECORDS, RECORDS, 0, 0, 0, 0);
    }

    @Test
    void textHasATableExamplesAndAVerdict() throws Exception {
        connection.jetStreamManagement().addStream(VerifyWay.DIGESTS.stream());
        new StreamFill(connection, VerifyWay.DIGESTS, TOPIC).tampered(RECORDS, 4_000, 101, 6_000, 8_000);
        Map<String, String> config = VerifyWay.DIGESTS.config(TOPIC, nats.url());
        config.put("publish.mode", "sync");
        String file = ToolRun.write(folder, "verified", config).toString();

        ToolRun run = ToolRun.of("verify", file, "--bootstrap-server", kafka.bootstrap());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).isEqualToNormalizingNewlines("""
                connector: verified
                stream: DIGESTS
                upTo: committed offsets
                comparedBy: digests

                partition                     records       stored    missing duplicates outOfOrder    foreign
                verified-0                       5000         4999          1          0          1          0
                verified-1                       5000         5000          0          1          0          0
                total                           10000         9999          1          1          1          1

                missing: verified-0@2000
                duplicate: verified-1@50 at sequence 10001, first stored at sequence 102
                out of order: verified-0@3000 at sequence 6002, behind verified-0@3001 at sequence 6000
                foreign: subject digests.0 at sequence 8000
                broken: at-least-once promises that each record is stored, in the order of its partition: 1 missing, \
                1 out of order
                """);
    }

    /** What is behind the committed offsets is not expected, and not foreign either. */
    @ParameterizedTest
    @CsvSource({"false, 2000, 0, 0", "true, 10000, 8500, 1"})
    void committedOffsetsAreTheLimitUnlessTheEndIs(boolean toEnd, int records, int missing, int status)
            throws Exception {
        connection.jetStreamManagement().addStream(VerifyWay.DIGESTS.stream());
        new StreamFill(connection, VerifyWay.DIGESTS, TOPIC).all(toEnd ? 1_500 : 2_500);
        commit(TOPIC, 1_000, 1_000);
        try {
            Map<String, String> config = VerifyWay.DIGESTS.config(TOPIC, nats.url());

            ToolRun run = toEnd ? verify(config, "--to-end") : verify(config);

            assertThat(counts(run.json())).startsWith(records, records - missing, missing, 0, 0, 0);
            assertThat(run.status()).isEqualTo(status);
        } finally {
            commit(TOPIC, RECORDS / 2, RECORDS / 2);
        }
    }

    @Test
    void rejectedAndSkippedRecordsAreNotExpected() throws Exception {
        kafka.createTopic("verify-mixed", 1);
        kafka.produce(List.of(
                record("verify-mixed", 0, "a", "1"),
                record("verify-mixed", 0, null, "no key"),
                new ProducerRecord<>("verify-mixed", 0, "b".getBytes(UTF_8), null),
                record("verify-mixed", 0, "c", "x".repeat(2_000)),
                record("verify-mixed", 0, "d", "4")));
        commit("verify-mixed", 5);
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("MIXED")
                        .subjects("mixed.>")
                        .maximumMessageSize(1_000)
                        .build());
        connection.jetStream().publish("mixed.a", "1".getBytes(UTF_8));
        connection.jetStream().publish("mixed.d", "4".getBytes(UTF_8));
        Map<String, String> config = VerifyWay.DIGESTS.config("verify-mixed", nats.url());
        config.put("jetstream.stream", "MIXED");
        config.put("subject", "mixed.${key}");
        config.put("tombstones", "skip");

        ToolRun run = verify(config);

        assertThat(counts(run.json())).containsExactly(2, 2, 0, 0, 0, 0);
        assertThat(run.json().path("rejected").asInt()).isEqualTo(2);
        assertThat(run.json().path("skipped").asInt()).isEqualTo(1);
        assertThat(run.status()).isZero();
    }

    /** The markers of exactly-once are neither records nor foreign. A bucket is compared by the last value of each key. */
    @Test
    void aBucketHasTheLastValueOfEachKey() throws Exception {
        kafka.createTopic("verify-prices", 1);
        kafka.produce(List.of(
                record("verify-prices", 0, "tea", "3"),
                record("verify-prices", 0, "milk", "1"),
                record("verify-prices", 0, "tea", "4"),
                new ProducerRecord<>("verify-prices", 0, "milk".getBytes(UTF_8), null),
                record("verify-prices", 0, "salt", "2")));
        commit("verify-prices", 5);
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("KV_verify-prices")
                        .subjects("$KV.verify-prices.>")
                        .maxMessagesPerSubject(1)
                        .build());
        connection.jetStream().publish("$KV.verify-prices.tea", "4".getBytes(UTF_8));
        connection.jetStream().publish("$KV.verify-prices.milk", new Headers().put("KV-Operation", "DEL"), new byte[0]);
        connection
                .jetStream()
                .publish(
                        "$KV.verify-prices.jetsink.offsets.verified.verify-prices.0",
                        new Headers().put("Jetsink-Marker", "1"),
                        new byte[0]);
        Map<String, String> config = VerifyWay.DIGESTS.config("verify-prices", nats.url());
        config.remove("jetstream.stream");
        config.remove("subject");
        config.put("target", "kv");
        config.put("kv.bucket", "verify-prices");

        JsonNode report = verify(config).json();

        assertThat(counts(report)).containsExactly(3, 2, 1, 0, 0, 0);
        assertThat(report.path("replaced").asInt()).isEqualTo(2);
        assertThat(report.at("/examples/missing/0/record").asText()).isEqualTo("verify-prices-0@4");
        assertThat(report.path("notes").toString()).contains("only the last value of each key is compared");
    }

    @Test
    void limitsOfTheStreamMayRemoveItsBeginning() throws Exception {
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder(VerifyWay.DIGESTS.stream())
                        .maxMessages(9_000)
                        .build());
        new StreamFill(connection, VerifyWay.DIGESTS, TOPIC).all(RECORDS);

        ToolRun run = verify(VerifyWay.DIGESTS.config(TOPIC, nats.url()));

        assertThat(counts(run.json())).containsExactly(RECORDS, 9_000, 0, 0, 0, 0);
        assertThat(run.json().path("removed").asInt()).isEqualTo(1_000);
        assertThat(run.status()).isZero();
    }

    @Test
    void anOutcomeThatCannotBeComparedIsRefused() throws Exception {
        Map<String, String> config = VerifyWay.DIGESTS.config(TOPIC, nats.url());
        ToolRun missing = verify(config);
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no stream DIGESTS");

        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder(VerifyWay.DIGESTS.stream())
                        .retentionPolicy(RetentionPolicy.WorkQueue)
                        .build());
        ToolRun queue = verify(config);
        assertThat(queue.status()).isEqualTo(1);
        assertThat(queue.err()).contains("removes messages that were consumed");
    }

    /** With the permissions that tool.md lists. */
    @Test
    void aUserNeedsNoMorePermissionsThanAreDocumented() throws Exception {
        String document = Files.readString(Path.of(System.getProperty("jetsink.basedir"), "src/docs/tool.md"));
        List<String> publish = List.of(
                "$JS.API.STREAM.INFO.<stream>",
                "$JS.API.STREAM.MSG.GET.<stream>",
                "$JS.API.CONSUMER.CREATE.<stream>.>",
                "$JS.API.CONSUMER.MSG.NEXT.<stream>.>");
        assertThat(publish).allSatisfy(subject -> assertThat(document).contains("`" + subject + "`"));
        String allowed = publish.stream()
                .map(subject -> '"' + subject.replace("<stream>", "DIGESTS") + '"')
                .collect(Collectors.joining(", "));
        try (NatsServer guarded =
                        NatsServer.builder().config("""
                                authorization { users: [
                                  { user: all, password: everything }
                                  { user: reader, password: reading, permissions: {
                                    publish: { allow: [%s] }, subscribe: { allow: ["_INBOX.>"] } } }
                                ] }
                                """.formatted(allowed)).start();
                Connection all = guarded.connect(options -> options.userInfo("all", "everything"))) {
            all.jetStreamManagement().addStream(VerifyWay.DIGESTS.stream());
            new StreamFill(all, VerifyWay.DIGESTS, TOPIC).all(RECORDS);
            Map<String, String> config = VerifyWay.DIGESTS.config(TOPIC, guarded.url());
            config.put("nats.auth.username", "reader");
            config.put("nats.auth.password", "reading");

            ToolRun run = verify(config);

            assertThat(run.status()).as(run.toString()).isZero();
            assertThat(counts(run.json())).containsExactly(RECORDS, RECORDS, 0, 0, 0, 0);
            assertThat(run.err()).isEmpty();
        }
    }

    private static ToolRun verify(Map<String, String> config, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "verify",
                ToolRun.write(folder, "verified", config).toString(),
                "--bootstrap-server",
                kafka.bootstrap(),
                "--format",
                "json"));
        words.addAll(List.of(more));
        return ToolRun.of(words.toArray(String[]::new));
    }

    private static List<Integer> counts(JsonNode tally) {
        return List.of("records", "stored", "missing", "duplicates", "outOfOrder", "foreign").stream()
                .map(key -> tally.path(key).asInt(-1))
                .toList();
    }

    /** Commits these offsets of the partitions of a topic, as the connector's consumer does. */
    private static void commit(String topic, long... offsets) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> committed = new HashMap<>();
        for (int partition = 0; partition < offsets.length; partition++) {
            committed.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offsets[partition]));
        }
        kafka.admin().alterConsumerGroupOffsets(GROUP, committed).all().get();
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String key, String value) {
        return new ProducerRecord<>(topic, partition, key == null ? null : key.getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
