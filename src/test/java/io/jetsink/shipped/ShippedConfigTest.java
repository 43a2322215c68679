package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.config.Credentials;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files under {@code config/} are what people start from: each is read here as a worker would read it. */
final class ShippedConfigTest {
    private static final Path CONFIG = Path.of(System.getProperty("jetsink.basedir"), "config");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    @TempDir
    private Path folder;

    static List<Path> connectors() throws IOException {
        return files("connectors");
    }

    @Test
    void everyFileIsKnown() throws IOException {
        assertThat(files("connectors"))
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "at-least-once.json", "best-effort.json",
                        "cloudevents.json", "exactly-once.json",
                        "fast.json", "headers.json",
                        "key-in-subject.json", "kv.json",
                        "quickstart.json", "tls-credentials.json");
        assertThat(files("workers"))
                .extracting(file -> file.getFileName().toString())
                .containsExactly("distributed.properties", "standalone.properties");
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void aConnectorFileIsWhatThePostExpects(Path file) throws IOException {
        JsonNode root = JSON.readTree(file.toFile());

        assertThat(root.propertyStream().map(Map.Entry::getKey)).containsExactly("name", "config");
        assertThat(root.path("name").asText()).isNotBlank();
        // The REST API takes a map of strings.
        assertThat(root.path("config").propertyStream())
                .allSatisfy(entry -> assertThat(entry.getValue().isTextual())
                        .as("%s is a string", entry.getKey())
                        .isTrue());
        assertThat(text(root, "connector.class")).isEqualTo("io.jetsink.NatsJetStreamSinkConnector");
        assertThat(text(root, "topics") + text(root, "topics.regex")).isNotEmpty();
        assertThat(text(root, "nats.servers")).isNotEmpty();
        assertThat(text(root, "jetstream.stream") + text(root, "kv.bucket")).isNotEmpty();
    }

    /** The connector itself finds nothing wrong; references to secrets are as Connect's providers would resolve them. */
    @ParameterizedTest
    @MethodSource("connectors")
    void aConnectorFileIsValid(Path file) throws IOException {
        Map<String, String> config = new HashMap<>();
        JSON.readTree(file.toFile())
                .path("config")
                .propertyStream()
                .forEach(entry -> config.put(
                        entry.getKey(),
                        resolved(entry.getKey(), entry.getValue().asText())));
        config.put("name", JSON.readTree(file.toFile()).path("name").asText());

        assertThat(new NatsJetStreamSinkConnector().validate(config).configValues())
                .hasSizeGreaterThan(50)
                .allSatisfy(value ->
                        assertThat(value.errorMessages()).as(value.name()).isEmpty());
    }

    /** Files that are not on this machine are put where they are. */
    private String resolved(String key, String value) {
        try {
            if (value.startsWith("${")) {
                return key.equals("nats.auth.credentials") ? Credentials.FILE : "secret";
            }
            return key.endsWith(".location")
                    ? Files.createTempFile(folder, "store", ".p12").toString()
                    : value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void exactlyOnceReadsWhatIsCommitted() throws IOException {
        JsonNode root =
                JSON.readTree(CONFIG.resolve("connectors/exactly-once.json").toFile());

        assertThat(text(root, "delivery.guarantee")).isEqualTo("exactly-once");
        assertThat(text(root, "consumer.override.isolation.level")).isEqualTo("read_committed");
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void headersAreNotGuessed(Path file) throws ReflectiveOperationException, IOException {
        // Without this line Connect takes SimpleHeaderConverter, which turns the header "007" into a number.
        String converter = text(JSON.readTree(file.toFile()), "header.converter");

        assertThat(Class.forName(converter)).isAssignableTo(HeaderConverter.class);
        assertThat(converter).isNotEqualTo("org.apache.kafka.connect.storage.SimpleHeaderConverter");
    }

    @ParameterizedTest
    @MethodSource("connectors")
    void badRecordsStopTheTaskOrAreKept(Path file) throws IOException {
        JsonNode root = JSON.readTree(file.toFile());

        if (text(root, "errors.tolerance").equals("none")) {
            assertThat(text(root, "errors.deadletterqueue.topic.name")).isEmpty();
        } else {
            assertThat(text(root, "errors.tolerance")).isEqualTo("all");
            assertThat(text(root, "errors.deadletterqueue.topic.name"))
                    .isNotEmpty()
                    .isNotEqualTo(text(root, "topics"));
            assertThat(text(root, "errors.deadletterqueue.context.headers.enable"))
                    .isEqualTo("true");
        }
        assertThat(text(root, "errors.log.enable")).isEqualTo("true");
        // Records do not belong into logs.
        assertThat(text(root, "errors.log.include.messages")).isEqualTo("false");
    }

    @Test
    void secretsAreReferences() throws IOException {
        List<String> secrets = new ArrayList<>();
        for (Path file : connectors()) {
            JSON.readTree(file.toFile())
                    .path("config")
                    .propertyStream()
                    .filter(entry -> entry.getKey().matches(".*(password|token|credentials|seed|jwt|keystore\\.key)$"))
                    .forEach(entry -> secrets.add(entry.getValue().asText()));
        }

        assertThat(secrets)
                .hasSize(3)
                .allSatisfy(secret -> assertThat(secret).matches("\\$\\{(file|dir):/[^:]+:[^:]+}"));
    }

    @Test
    void theDistributedWorkerIsComplete() throws IOException {
        Properties worker = worker("distributed.properties");

        assertThat(worker.stringPropertyNames())
                .contains(
                        WorkerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        DistributedConfig.GROUP_ID_CONFIG,
                        DistributedConfig.CONFIG_TOPIC_CONFIG,
                        DistributedConfig.OFFSET_STORAGE_TOPIC_CONFIG,
                        DistributedConfig.STATUS_STORAGE_TOPIC_CONFIG,
                        DistributedConfig.SESSION_TIMEOUT_MS_CONFIG,
                        DistributedConfig.SCHEDULED_REBALANCE_MAX_DELAY_MS_CONFIG,
                        WorkerConfig.OFFSET_COMMIT_INTERVAL_MS_CONFIG);
        assertThat(new DistributedConfig(Utils.propsToStringMap(worker))
                        .values()
                        .keySet())
                .containsAll(worker.stringPropertyNames());
    }

    @Test
    void theStandaloneWorkerIsComplete() throws IOException {
        Properties worker = worker("standalone.properties");

        assertThat(worker.stringPropertyNames())
                .contains(
                        WorkerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        StandaloneConfig.OFFSET_STORAGE_FILE_FILENAME_CONFIG,
                        WorkerConfig.OFFSET_COMMIT_INTERVAL_MS_CONFIG);
        assertThat(new StandaloneConfig(Utils.propsToStringMap(worker)).values().keySet())
                .containsAll(worker.stringPropertyNames());
    }

    @ParameterizedTest
    @ValueSource(strings = {"distributed.properties", "standalone.properties"})
    void everyWorkerFindsThePlugin(String file) throws IOException {
        assertThat(worker(file))
                .containsEntry(WorkerConfig.PLUGIN_PATH_CONFIG, "/opt/connectors")
                .containsEntry(WorkerConfig.PLUGIN_DISCOVERY_CONFIG, "service_load");
    }

    private static String text(JsonNode root, String key) {
        return root.path("config").path(key).asText("");
    }

    private static List<Path> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(CONFIG.resolve(folder))) {
            return files.sorted().toList();
        }
    }

    private static Properties worker(String file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(CONFIG.resolve("workers").resolve(file))) {
            properties.load(reader);
        }
        return properties;
    }
}
