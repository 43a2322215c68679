package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.tool.ToolRun;
import io.jetsink.translate.RecordTranslator;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.util.SinkUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The connectors of migration.md are valid and publish the messages that it shows, and its keys exist. */
final class MigrationGuideTest {
    private static final Pattern EXAMPLE =
            Pattern.compile("```json\\R(\\{\\s+\"name\".*?)```\\s+```text\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern OFFSETS = Pattern.compile("```json\\R(\\{\\s+\"offsets\".*?)```", Pattern.DOTALL);
    private static final Pattern IMPORT = Pattern.compile(
            "```conf\\R(.*?)```.*?```json\\R(.*?)```.*?warnings:\\s+```text\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern KEYS = Pattern.compile("(?m)^\\| [^|]+ \\| ([^|]+) \\| [^|]*\\|$");
    private static final Pattern TEMPLATE = Pattern.compile("(?m)^\\| `\\$\\{! [^|]+\\| `(\\$\\{[^`]+})`.*\\|$");
    private static final Pattern KEY = Pattern.compile("`([a-z.]+)(=[^`]*)?`");
    private static final Set<String> OF_CONNECT = Set.of(
            "name", "topics", "tasks.max", "connector.class", "key.converter", "value.converter", "header.converter");

    /** A connector of the document, and its messages as the document shows them. */
    record Example(JsonNode connector, String messages) {
        String name() {
            return connector.path("name").asText();
        }

        Map<String, String> config() {
            Map<String, String> config = new HashMap<>(Map.of("name", name()));
            connector
                    .path("config")
                    .properties()
                    .forEach(
                            entry -> config.put(entry.getKey(), entry.getValue().asText()));
            return config;
        }

        @Override
        public String toString() {
            return name();
        }
    }

    static List<Example> examples() {
        return EXAMPLE.matcher(document())
                .results()
                .map(found -> new Example(json(found.group(1)), found.group(2)))
                .toList();
    }

    static List<DocumentedBlock> executed() {
        return DocumentedBlock.in("src/docs/migration\\.md", "json", "conf", "yaml", "properties");
    }

    /** The configurations of Camel, Redpanda Connect and Debezium Server are those that the connectors replace. */
    @Test
    void theOtherBridgesHaveTheTopicsAndServersOfTheConnectors() throws IOException {
        List<DocumentedBlock> others = DocumentedBlock.in("src/docs/migration\\.md", "properties", "yaml");
        assertThat(others).hasSize(3);
        Properties camel = new Properties();
        camel.load(new StringReader(others.get(0).text()));
        assertThat(examples().get(1).config())
                .containsEntry("topics", camel.getProperty("topics"))
                .containsEntry("subject", camel.getProperty("camel.kamelet.nats-sink.topic"))
                .containsEntry("nats.servers", "nats://" + camel.getProperty("camel.kamelet.nats-sink.servers"))
                .containsEntry("tasks.max", camel.getProperty("tasks.max"));
        JsonNode pipeline = new YAMLMapper().readTree(others.get(1).text());
        assertThat(examples().get(2).config())
                .containsEntry(
                        "topics", pipeline.at("/input/kafka_franz/topics/0").asText())
                .containsEntry(
                        "nats.servers",
                        pipeline.at("/output/nats_jetstream/urls/0").asText())
                .containsEntry(
                        "publish.max.pending",
                        pipeline.at("/output/nats_jetstream/max_in_flight").asText());
        Properties debezium = new Properties();
        debezium.load(new StringReader(others.get(2).text()));
        assertThat(examples().get(3).config())
                .containsEntry("nats.servers", debezium.getProperty("debezium.sink.nats-jetstream.url"))
                .containsEntry(
                        "jetstream.stream.subjects", debezium.getProperty("debezium.sink.nats-jetstream.subjects"));
    }

    @Test
    void eachSourceHasAnExample() {
        assertThat(examples())
                .extracting(Example::name)
                .containsExactly("orders", "orders-camel", "orders-pipeline", "shop-to-nats");
        assertThat(document().split("```json")).hasSize(examples().size() + 2);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aConnectorIsValid(Example example) {
        assertThat(new NatsJetStreamSinkConnector().validate(example.config()).configValues())
                .hasSizeGreaterThan(50)
                .allSatisfy(value ->
                        assertThat(value.errorMessages()).as(value.name()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void itsMessagesAreThoseThatTheDocumentShows(Example example) throws Exception {
        Map<String, String> config = example.config();
        String topic = Objects.requireNonNull(config.get("topics")).split(",")[0];
        StringBuilder shown = new StringBuilder();
        try (RecordTranslator translator =
                new RecordTranslator(SinkConfig.parse(config).translation(), example.name())) {
            ConnectHeaders headers = new ConnectHeaders();
            HeaderConverter converter = create(config, "header.converter", HeaderConverter.class);
            headers.add("source", converter.toConnectHeader(topic, "source", "web".getBytes(UTF_8)));
            show(shown, translator, record(config, topic, 7, "{\"price\": 5}", headers));
            show(shown, translator, record(config, topic, 8, null, new ConnectHeaders()));
        }

        assertThat(shown.toString()).isEqualToNormalizingNewlines(example.messages());
    }

    private static SinkRecord record(
            Map<String, String> config, String topic, long offset, @Nullable String value, ConnectHeaders headers)
            throws ReflectiveOperationException {
        SchemaAndValue key =
                create(config, "key.converter", Converter.class).toConnectData(topic, "4711".getBytes(UTF_8));
        SchemaAndValue data = create(config, "value.converter", Converter.class)
                .toConnectData(topic, value == null ? null : value.getBytes(UTF_8));
        return new SinkRecord(
                topic,
                0,
                key.schema(),
                key.value(),
                data.schema(),
                data.value(),
                offset,
                0L,
                TimestampType.CREATE_TIME,
                headers);
    }

    private static <T> T create(Map<String, String> config, String key, Class<T> type)
            throws ReflectiveOperationException {
        T converter = type.cast(Class.forName(Objects.requireNonNull(config.get(key)))
                .getDeclaredConstructor()
                .newInstance());
        if (converter instanceof Converter data) {
            data.configure(Map.of("converter.type", "value"), false);
        }
        return converter;
    }

    /** Appends the lines of {@code jetsink explain}. */
    private static void show(StringBuilder lines, RecordTranslator translator, SinkRecord record) {
        lines.append(record.topic()).append("-0@").append(record.kafkaOffset());
        OutboundMessage message;
        try {
            message = translator.translate(record);
        } catch (RejectedRecordException e) {
            lines.append(" rejected\n");
            return;
        }
        if (message == null) {
            lines.append(" skipped\n");
            return;
        }
        lines.append(" -> ").append(message.subject()).append('\n');
        Headers headers = message.headers();
        if (headers != null) {
            for (String name : new TreeSet<>(headers.keySet())) {
                headers.get(name)
                        .forEach(value -> lines.append("  ")
                                .append(name)
                                .append(": ")
                                .append(value)
                                .append('\n'));
            }
        }
        if (message.payload().length > 0) {
            lines.append("  ").append(new String(message.payload(), UTF_8)).append('\n');
        }
    }

    @Test
    void theImportPrintsWhatTheDocumentShows(@TempDir Path folder) throws IOException {
        MatchResult example = IMPORT.matcher(document()).results().findFirst().orElseThrow();
        Path file = Files.writeString(folder.resolve("nats-kafka.conf"), example.group(1));

        ToolRun run = ToolRun.of("import", file.toString());

        assertThat(run.json()).isEqualTo(json(example.group(2)));
        assertThat(run.err()).isEqualToNormalizingNewlines(example.group(3));
        assertThat(run.status()).isZero();
    }

    @Test
    void theOffsetsAreARequestThatConnectAccepts() {
        List<MatchResult> found = OFFSETS.matcher(document()).results().toList();
        assertThat(found).hasSize(1);
        Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
        json(found.get(0).group(1))
                .path("offsets")
                .forEach(entry -> offsets.put(map(entry.path("partition")), map(entry.path("offset"))));

        assertThat(SinkUtils.parseSinkConnectorOffsets(offsets))
                .isEqualTo(Map.of(new TopicPartition("orders", 0), 7L, new TopicPartition("orders", 1), 12L));
    }

    private static Map<String, ?> map(JsonNode node) {
        return ToolRun.JSON.convertValue(node, new TypeReference<Map<String, Object>>() {});
    }

    @Test
    void eachKeyOfTheTablesExists() {
        Set<String> own = SinkConfig.definition().names();
        List<String> keys = new ArrayList<>();
        for (MatchResult row : KEYS.matcher(document()).results().toList()) {
            KEY.matcher(row.group(1)).results().forEach(key -> keys.add(key.group(1)));
        }

        assertThat(keys)
                .contains("nats.servers", "subject", "publish.max.pending", "consumer.override.fetch.min.bytes");
        assertThat(keys)
                .filteredOn(key -> key.contains(".") || own.contains(key))
                .allMatch(key -> own.contains(key) || OF_CONNECT.contains(key) || key.startsWith("consumer.override."));
    }

    @Test
    void eachTemplateOfTheTableIsValid() {
        List<String> templates = TEMPLATE.matcher(document())
                .results()
                .map(found -> found.group(1))
                .toList();

        assertThat(templates).hasSize(5);
        assertThat(new NatsJetStreamSinkConnector()
                        .validate(Map.of(
                                "name", "templates",
                                "topics", "orders",
                                "nats.servers", "nats://localhost",
                                "subject", "a." + String.join(".", templates)))
                        .configValues())
                .filteredOn(value -> value.name().equals("subject"))
                .singleElement()
                .satisfies(value -> assertThat(value.errorMessages()).isEmpty());
    }

    private static JsonNode json(String text) {
        try {
            return ToolRun.JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON: " + text, e);
        }
    }

    private static String document() {
        try {
            return Files.readString(Path.of("src/docs/migration.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
