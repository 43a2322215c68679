package io.jetsink.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConnectorConfigTest {
    private static final String SECRET = "c4n4ry-s3cr3t";

    @TempDir
    private Path folder;

    private final Secrets secrets = new Secrets();

    @Test
    void aConfigurationHasItsNameBesideIt() throws IOException {
        try (ConnectorConfig connector = read("{\"name\": \"a\", \"config\": {\"topics\": \"t\", \"tasks.max\": 2}}")) {
            assertThat(connector.properties())
                    .containsOnly(entry("name", "a"), entry("topics", "t"), entry("tasks.max", "2"));
            assertThat(connector.requireName()).isEqualTo("a");
        }
    }

    @Test
    void aConfigurationWithoutANameIsNamedOnlyWhereThatDoesNotMatter() throws IOException {
        try (ConnectorConfig connector = read("{\"topics\": \"t\"}")) {
            assertThat(connector.get("topics")).isEqualTo("t");
            assertThat(connector.get("name")).isEqualTo("unnamed");
            assertThatThrownBy(connector::requireName)
                    .isInstanceOf(UsageException.class)
                    .hasMessageContaining("does not name the connector: add \"name\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"a\": ", "{\"a\": 1, \"a\": 2}", "{} {}", "{\"topics\": [\"t\"]}"})
    void aFileThatIsNoConfigurationIsWrongUsage(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(UsageException.class);
    }

    @Test
    void variablesAreResolvedByTheProvidersOfTheWorkerAndCountAsSecrets() throws IOException {
        Path values = Files.writeString(folder.resolve("values.properties"), "password=" + SECRET + "\n");
        Files.writeString(folder.resolve("worker.properties"), """
                bootstrap.servers=kafka:9092
                config.providers=file
                config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
                config.providers.file.param.allowed.paths=%s
                consumer.sasl.jaas.config=login "${file:%s:password}"
                producer.acks=all
                """.formatted(folder, values));

        try (ConnectorConfig connector = read(
                "{\"nats.auth.password\": \"${file:%s:password}\", \"subject\": \"${timestamp:yyyy}\"}"
                        .formatted(values),
                "--worker",
                folder.resolve("worker.properties").toString(),
                "--bootstrap-server",
                "other:9092")) {
            assertThat(connector.get("nats.auth.password")).isEqualTo(SECRET);
            assertThat(connector.get("subject")).isEqualTo("${timestamp:yyyy}");
            assertThat(connector.worker().consumer())
                    .containsOnly(
                            entry("bootstrap.servers", "other:9092"),
                            entry("sasl.jaas.config", "login \"" + SECRET + "\""));
        }
        assertThat(secrets.hide("user/" + SECRET + "!")).isEqualTo("user/[hidden]!");
    }

    @Test
    void passwordsOfTheFileCountAsSecrets() throws IOException {
        read("{\"nats.auth.token\": \"" + SECRET + "\"}").close();

        assertThat(secrets.hide(SECRET)).isEqualTo("[hidden]");
    }

    @Test
    void aMissingValueOfAProviderIsNamedWithoutOthers() throws IOException {
        Files.writeString(folder.resolve("worker.properties"), """
                config.providers=file
                config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
                """);

        assertThatThrownBy(() -> read(
                        "{\"nats.auth.password\": \"${file:/nowhere:password}\"}",
                        "--worker",
                        folder.resolve("worker.properties").toString()))
                .isInstanceOf(ToolException.class)
                .hasMessage("a reference to a config provider cannot be resolved");
    }

    private ConnectorConfig read(String json, String... options) throws IOException {
        Path file = Files.writeString(folder.resolve("connector.json"), json);
        List<String> words = new ArrayList<>(List.of("check", file.toString()));
        words.addAll(List.of(options));
        return ConnectorConfig.read(Arguments.parse(words), secrets);
    }
}
