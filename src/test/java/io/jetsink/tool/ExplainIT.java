package io.jetsink.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jetsink explain} on topics of a real broker. What recipes become is compared with streams in RecipesIT. */
class ExplainIT {
    private static final String STRING = "org.apache.kafka.connect.storage.StringConverter";
    private static KafkaCluster kafka;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() {
        kafka = Bridge.shared().kafka();
        kafka.createTopic("mixture", 1);
        kafka.produce(List.of(
                record("mixture", "k", "first", "tenant", "acme"),
                record("mixture", null, "no key"),
                record("mixture", "k", null),
                record("mixture", "k", "again"),
                record("mixture", "k", "from here", "Jetsink-Origin", "eu")));
        kafka.createTopic("pairs", 2);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            records.add(new ProducerRecord<>("pairs", i % 2, null, bytes("k" + i), bytes("v" + i)));
        }
        kafka.produce(records);
    }

    @Test
    void eachRecordHasItsMessageOrTheReasonWhyItHasNone() {
        ToolRun run = explain(Map.of(
                "topics", "mixture",
                "subject", "mixture.${key}",
                "headers.include", "*",
                "headers.coordinates", "true",
                "headers.origin", "eu",
                "message.id", "coordinates",
                "tombstones", "skip"));

        assertThat(run.status()).isZero();
        List<JsonNode> records = records(run);
        assertThat(records)
                .extracting(each -> each.path("record").asText() + " "
                        + each.path("outcome").asText())
                .containsExactly(
                        "mixture-0@0 published",
                        "mixture-0@1 rejected",
                        "mixture-0@2 skipped",
                        "mixture-0@3 published",
                        "mixture-0@4 skipped");
        JsonNode first = records.get(0);
        assertThat(first.path("subject").asText()).isEqualTo("mixture.k");
        assertThat(first.path("payload").asText()).isEqualTo("first");
        assertThat(first.path("encoding").asText()).isEqualTo("text");
        assertThat(first.path("bytes").asInt()).isEqualTo(5);
        assertThat(first.path("messageId").asText()).isEqualTo("explained:mixture:0:0");
        assertThat(first.at("/headers/tenant/0").asText()).isEqualTo("acme");
        assertThat(first.at("/headers/Kafka-Offset/0").asText()).isEqualTo("0");
        assertThat(first.at("/headers/Jetsink-Origin/0").asText()).isEqualTo("eu");
        assertThat(records.get(1).path("reason").asText()).contains("${key}");
        assertThat(records.get(1).path("code").asText()).isEqualTo("JS-5001");
        assertThat(records.get(2).path("code").asText()).isEqualTo("JS-5012");
        assertThat(records.get(4).path("code").asText()).isEqualTo("JS-5013");
    }

    @Test
    void textHasABlockForEachRecord() {
        ToolRun run = ToolRun.of(
                "explain",
                write(Map.of("topics", "mixture", "subject", "mixture.${key:-none}", "headers.include", "tenant")),
                "--bootstrap-server",
                kafka.bootstrap(),
                "--records",
                "3");

        assertThat(run.out()).isEqualToNormalizingNewlines("""
                mixture-0@0 -> mixture.k
                  tenant: acme
                  first
                mixture-0@1 -> mixture.none
                  no key
                mixture-0@2 -> mixture.k
                  Kafka-Tombstone: true
                  (no payload)
                """);
    }

    @Test
    void transformsAndPredicatesApplyAsInAWorker() {
        Map<String, String> config = new HashMap<>(Map.of(
                "topics", "mixture",
                "subject", "${topic}",
                "transforms", "drop,route",
                "transforms.drop.type", "org.apache.kafka.connect.transforms.Filter",
                "transforms.drop.predicate", "empty",
                "transforms.route.type", "org.apache.kafka.connect.transforms.RegexRouter",
                "transforms.route.regex", "(.*)",
                "transforms.route.replacement", "routed.$1"));
        config.put("transforms.route.predicate", "tenant");
        config.put("transforms.route.negate", "true");
        config.put("predicates", "empty,tenant");
        config.put("predicates.empty.type", "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone");
        config.put("predicates.tenant.type", "org.apache.kafka.connect.transforms.predicates.HasHeaderKey");
        config.put("predicates.tenant.name", "tenant");

        List<JsonNode> records = records(explain(config));

        assertThat(records.get(0).path("subject").asText()).isEqualTo("mixture");
        assertThat(records.get(1).path("subject").asText()).isEqualTo("routed.mixture");
        assertThat(records.get(2).path("outcome").asText()).isEqualTo("dropped");
        assertThat(records.get(2).path("reason").asText()).isEqualTo("a transform drops the record");
    }

    @Test
    void aRecordThatAConverterRefusesIsRejected() {
        List<JsonNode> records = records(explain(Map.of(
                "topics", "mixture",
                "subject", "mixture",
                "value.converter", "JsonConverter")));

        assertThat(records.get(0).path("outcome").asText()).isEqualTo("rejected");
        assertThat(records.get(0).path("reason").asText()).startsWith("value.converter failed: DataException: ");
        assertThat(records.get(0).path("code").isNull()).isTrue();
    }

    @Test
    void eachTopicAndPartitionHasItsShareOfTheRecords() {
        Map<String, String> config = Map.of("topics.regex", "(mixture|pairs)", "subject", "${topic}");

        assertThat(records(explain(config)))
                .extracting(each -> each.path("record").asText())
                .hasSize(10)
                .startsWith("mixture-0@0", "mixture-0@1", "mixture-0@2", "mixture-0@3", "mixture-0@4", "pairs-0@0");
        assertThat(records(explain(config, "--records", "1000"))).hasSize(25);
        assertThat(records(explain(config, "--topic", "pairs", "--records", "11")))
                .extracting(each -> each.path("record").asText())
                .hasSize(11)
                .endsWith("pairs-0@9", "pairs-1@0");
    }

    @Test
    void payloadsThatAreNoTextOrLongAreCut() {
        kafka.createTopic("oddities", 1);
        kafka.produce(List.of(
                new ProducerRecord<>("oddities", 0, null, new byte[] {(byte) 0xff, 0x00, 0x7f}),
                record("oddities", "k", "x".repeat(300))));

        List<JsonNode> records = records(explain(Map.of(
                "topics", "oddities",
                "subject", "oddities",
                "value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter")));

        assertThat(records.get(0).path("payload").asText()).isEqualTo("ff007f");
        assertThat(records.get(0).path("encoding").asText()).isEqualTo("hex");
        assertThat(records.get(1).path("payload").asText()).isEqualTo("x".repeat(200));
        assertThat(records.get(1).path("bytes").asInt()).isEqualTo(300);
        assertThat(records.get(1).path("truncated").asBoolean()).isTrue();
    }

    @Test
    void abortedRecordsAreReadOnlyIfTheConnectorReadsThem() throws Exception {
        kafka.createTopic("undone", 1);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "transactional.id", "explain"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(record("undone", "k", "undone")).get();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(record("undone", "k", "committed")).get();
            producer.commitTransaction();
        }
        Map<String, String> config = new HashMap<>(Map.of("topics", "undone", "subject", "undone"));

        assertThat(records(explain(config))).hasSize(2);
        config.put("consumer.override.isolation.level", "read_committed");
        assertThat(records(explain(config)))
                .extracting(each -> each.path("payload").asText())
                .containsExactly("committed");
    }

    @Test
    void nothingIsPublishedAndNoGroupIsUsed() throws Exception {
        try (NatsServer nats = NatsServer.start();
                Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("MIXTURE")
                            .subjects("mixture")
                            .build());
            Map<String, String> config = Map.of("topics", "mixture", "subject", "mixture", "nats.servers", nats.url());

            assertThat(records(explain(config))).hasSize(5);

            assertThat(nats.stored("MIXTURE")).isZero();
        }
        assertThat(kafka.admin().listGroups().all().get())
                .noneMatch(group -> group.groupId().contains("explained"));
    }

    @Test
    void missingThingsAreNamed() throws Exception {
        Map<String, String> config = Map.of("topics", "missing", "subject", "missing");
        ToolRun missing = explain(config);
        assertThat(missing.status()).isEqualTo(1);
        assertThat(missing.err()).contains("there is no topic missing");

        ToolRun other = explain(config, "--topic", "mixture");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err()).contains("mixture is not a topic of the connector");

        ToolRun brokers = ToolRun.of("explain", write(config));
        assertThat(brokers.status()).isEqualTo(2);
        assertThat(brokers.err()).contains("--bootstrap-server");

        Path bare = Files.writeString(
                folder.resolve("bare.json"), "{\"topics\": \"mixture\", \"nats.servers\": \"nats://127.0.0.1:1\"}");
        ToolRun converters = ToolRun.of("explain", bare.toString(), "--bootstrap-server", kafka.bootstrap());
        assertThat(converters.status()).isEqualTo(2);
        assertThat(converters.err())
                .contains("the connector has no key.converter")
                .contains("--worker");
    }

    private static ToolRun explain(Map<String, String> config, String... more) {
        List<String> words = new ArrayList<>(
                List.of("explain", write(config), "--bootstrap-server", kafka.bootstrap(), "--format", "json"));
        words.addAll(List.of(more));
        return ToolRun.of(words.toArray(String[]::new));
    }

    private static List<JsonNode> records(ToolRun run) {
        assertThat(run.status()).as(run.toString()).isZero();
        List<JsonNode> records = new ArrayList<>();
        run.json().path("records").forEach(records::add);
        return records;
    }

    private static String write(Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class", Bridge.CONNECTOR_CLASS,
                "key.converter", STRING,
                "value.converter", STRING,
                "header.converter", STRING,
                "nats.servers", "nats://127.0.0.1:1"));
        config.putAll(more);
        return ToolRun.write(folder, "explained", config).toString();
    }

    /** @param headers names and values by turns */
    private static ProducerRecord<byte[], byte[]> record(String topic, String key, String value, String... headers) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, 0, key == null ? null : bytes(key), value == null ? null : bytes(value));
        for (int i = 0; i < headers.length; i += 2) {
            record.headers().add(headers[i], bytes(headers[i + 1]));
        }
        return record;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
