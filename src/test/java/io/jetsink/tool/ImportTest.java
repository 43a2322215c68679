package io.jetsink.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import io.jetsink.NatsJetStreamSinkConnector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code jetsink import} with whole files. */
final class ImportTest {
    private static final String SECRET = "c4n4ry";
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final Path SAMPLE = Path.of("src/test/resources/io/jetsink/tool/nats-kafka.conf");

    @TempDir
    private Path folder;

    @Test
    void eachEntryFromKafkaIsAConnector() throws IOException {
        ToolRun run = ToolRun.of("import", SAMPLE.toString());

        assertThat(run.out()).doesNotContain(SECRET);
        List<JsonNode> connectors = documents(run.out());
        assertThat(connectors)
                .extracting(json -> json.path("name").asText())
                .containsExactly("orders", "orders-2", "readings-to-nats");
        Map<String, String> first = config(connectors.get(0));
        assertThat(first)
                .containsAllEntriesOf(shared())
                .containsAllEntriesOf(Map.of(
                        "topics", "orders",
                        "value.converter", BYTES,
                        "subject", "orders.${partition}",
                        "consumer.override.fetch.min.bytes", "10000",
                        "consumer.override.max.partition.fetch.bytes", "1048576"));
        assertThat(first).doesNotContainKey("delivery.guarantee");
        assertThat(config(connectors.get(1)))
                .containsAllEntriesOf(shared())
                .containsAllEntriesOf(Map.of(
                        "topics", "clicks",
                        "subject", "clicks.${key}",
                        "delivery.guarantee", "best-effort"));
        assertThat(config(connectors.get(2)))
                .containsAllEntriesOf(Map.of(
                        "topics", "readings",
                        "subject", "readings.new",
                        "value.converter", "io.confluent.connect.avro.AvroConverter",
                        "value.converter.schema.registry.url", "https://registry.example.com:8081",
                        "value.converter.basic.auth.user.info", "${file:/etc/connect/secrets/nats.properties:registry}",
                        "payload.encoder", "json"));
    }

    private static Map<String, String> shared() {
        return Map.of(
                "connector.class", "io.jetsink.NatsJetStreamSinkConnector",
                "header.converter", BYTES,
                "nats.servers", "tls://nats-1.example.com:4222,tls://nats-2.example.com:4222,tls://nats-3.example.com",
                "nats.auth.password", "${file:/etc/connect/secrets/nats.properties:password}",
                "nats.ssl.truststore.location", "/etc/nats/ca.pem",
                "nats.ssl.keystore.key", "${dir:/etc/nats:client-key.pem}",
                "nats.connect.timeout.ms", "4000",
                "nats.reconnect.backoff.max.ms", "2000",
                "publish.ack.timeout.ms", "8000",
                "headers.include", "*");
    }

    @Test
    void warningsNameTheEntryAndTheDecision() {
        ToolRun run = ToolRun.of("import", SAMPLE.toString());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).doesNotContain(SECRET);
        assertThat(run.err().lines())
                .allMatch(line -> line.startsWith("warning: "))
                .doesNotHaveDuplicates()
                .contains(
                        "warning: nats: pedantic has no equivalent and is ignored",
                        "warning: nats: tls.root: each worker must be able to read /etc/nats/ca.pem",
                        "warning: orders: groupid: stop nats-kafka, and copy the offsets of group bridge to connector orders"
                                + " before it starts",
                        "warning: orders: the id is not unique: the connector is named orders-2",
                        "warning: orders: novelty has no equivalent and is ignored",
                        "warning: offsets: not imported: subject has no equivalent: write a template as in ${topic}.${key}"
                                + " instead",
                        "warning: old: not imported: KafkaToStan writes to NATS Streaming: create a stream, and use"
                                + " KafkaToJetStream",
                        "warning: back: not imported: type NATSToKafka does not read from Kafka")
                .anyMatch(line -> line.startsWith("warning: orders: partition: the connector reads all partitions."))
                .anyMatch(line -> line.startsWith("warning: orders: sasl, tls, iam: the worker connects to Kafka"))
                .anyMatch(line -> line.startsWith("warning: connect[3]: schemaregistryurl: install"));
    }

    @Test
    void jsonHoldsConnectorsAndWarnings() {
        ToolRun text = ToolRun.of("import", SAMPLE.toString());
        ToolRun json = ToolRun.of("import", SAMPLE.toString(), "--format", "json");

        assertThat(json.status()).isEqualTo(text.status());
        assertThat(json.json().path("connectors")).hasSize(3);
        assertThat(json.json().path("warnings"))
                .hasSameSizeAs(text.err().lines().toList());
        assertThat(json.out()).doesNotContain(SECRET);
    }

    @Test
    void anImportedConnectorIsValid() throws IOException {
        ToolRun run = ToolRun.of("import", write("""
                nats: { servers: ["nats://bridge:c4n4ry@nats.example.com:4222"], connecttimeout: 5000 }
                connect: [
                  { type: KafkaToJetStream, brokers: ["k:9092"], groupid: g, topic: orders, subject: "o.{{ .Topic }}" }
                  { type: KafkaToNATS, brokers: ["k:9092"], groupid: g, topic: clicks, subject: clicks }
                ]
                """));

        assertThat(run.status()).isZero();
        List<JsonNode> connectors = documents(run.out());
        assertThat(connectors).hasSize(2);
        for (JsonNode connector : connectors) {
            Map<String, String> config = config(connector);
            config.put("name", connector.path("name").asText());
            assertThat(new NatsJetStreamSinkConnector().validate(config).configValues())
                    .hasSizeGreaterThan(50)
                    .allSatisfy(ImportTest::assertNoErrors);
        }
    }

    private static void assertNoErrors(ConfigValue value) {
        assertThat(value.errorMessages()).as(value.name()).isEmpty();
    }

    @Test
    void aTopicSelectsItsEntries() throws IOException {
        ToolRun run = ToolRun.of("import", "--topic", "clicks", SAMPLE.toString());

        assertThat(run.status()).isZero();
        assertThat(documents(run.out()))
                .singleElement()
                .satisfies(json -> assertThat(json.path("name").asText()).isEqualTo("orders"));
        ToolRun none = ToolRun.of("import", "--topic", "others", SAMPLE.toString());
        assertThat(none.status()).isEqualTo(1);
        assertThat(none.out()).isEmpty();
        assertThat(none.err()).contains("connect: not imported: there is no entry from Kafka to NATS with this topic");
    }

    @Test
    void aFileThatCannotBeReadIsWrongUsage() throws IOException {
        ToolRun missing = ToolRun.of("import", folder.resolve("none.conf").toString());
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.err()).contains("none.conf cannot be read: NoSuchFileException");

        ToolRun broken = ToolRun.of("import", write("nats: {\n  password: c4n4ry\n"));
        assertThat(broken.status()).isEqualTo(2);
        assertThat(broken.err()).contains("a block has no }").doesNotContain(SECRET);
        assertThat(broken.out()).isEmpty();
    }

    @Test
    void aFileWithoutServersOrEntriesIsAProblem() throws IOException {
        ToolRun run = ToolRun.of("import", write("connect: [{type: NATSToKafka, topic: a, subject: b}]"));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err())
                .contains("warning: nats: not imported: servers is missing")
                .contains("warning: connect: not imported: there is no entry from Kafka to NATS");
    }

    private String write(String text) throws IOException {
        return Files.writeString(folder.resolve("bridge.conf"), text).toString();
    }

    private static List<JsonNode> documents(String out) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> values =
                ToolRun.JSON.readerFor(JsonNode.class).readValues(out)) {
            values.forEachRemaining(documents::add);
        }
        return documents;
    }

    private static Map<String, String> config(JsonNode connector) {
        Map<String, String> config = new HashMap<>();
        connector
                .path("config")
                .properties()
                .forEach(entry -> config.put(entry.getKey(), entry.getValue().asText()));
        return config;
    }
}
