package io.jetsink.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.support.Bridge;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code jetsink check} against a real nats-server, and beside the REST API of a real worker. */
class CheckIT {
    private static final String SECRET = "c4n4ry-s3cr3t";
    private static NatsServer nats;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws Exception {
        nats = NatsServer.builder()
                .config("""
                        authorization { users: [
                          { user: all, password: everything }
                          { user: mute, password: %s, permissions: { publish: { deny: [orders, "orders.*"] } } }
                          { user: deaf, password: %s, permissions: { subscribe: { deny: ["_INBOX.>"] } } }
                          { user: blind, password: %s, permissions: { publish: { deny: ["$JS.API.>"] } } }
                        ] }
                        """.formatted(SECRET, SECRET, SECRET))
                .start();
        try (Connection connection = nats.connect(options -> options.userInfo("all", "everything"))) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("ORDERS")
                            .subjects("orders", "orders.*")
                            .build());
        }
    }

    @AfterAll
    static void stop() {
        nats.close();
    }

    /**
     * Removes the differences between two attempts. A server that refuses a login closes the socket, and how the client learns of it
     * differs. Each connection has an inbox of its own.
     */
    private static String comparable(Map<String, List<String>> errors) {
        return new TreeMap<>(errors)
                .toString()
                .replaceAll("_INBOX\\.\\w+", "_INBOX.…")
                .replaceAll("the server closed the connection|Connection reset|Broken pipe", "…");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "publish.max.pendng | 100          | publish.max.pendng   | publish.max.pending",
                "publish.mode       | fastest      | publish.mode         | async",
                "subject            | orders.*     | subject              | '*'",
                "topics             | ''           | topics               | topics.regex",
                "tasks.max          | many         | tasks.max            | many",
                "errors.tolerance   | some         | errors.tolerance     | all",
                "jetstream.stream   | OTHER        | jetstream.stream     | there is no stream OTHER",
                "subject            | audit        | subject              | stream ORDERS captures none of the subjects",
                "publish.mode       | fast         | publish.mode         | nats stream edit ORDERS --allow-fast",
                "delivery.guarantee | exactly-once | delivery.guarantee   | nats stream edit ORDERS --allow-batch",
                "nats.auth.username | mute         | subject              | may not publish to orders",
                "nats.auth.username | deaf         | nats.inbox.prefix    | may not subscribe to _INBOX",
                "nats.auth.password | wrong        | nats.auth.username   | Authorization Violation",
                "nats.servers       | nats://127.0.0.1:1 | nats.servers   | Connection refused",
            })
    void givesTheAnswersOfTheRestApi(String key, String value, String errorKey, String says) {
        Map<String, String> config = config();
        config.put(key, value);
        if (key.equals("nats.auth.username")) {
            config.put("nats.auth.password", SECRET);
        }

        ToolRun run = ToolRun.of("check", write(config), "--format", "json");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.json().path("valid").asBoolean()).isFalse();
        Map<String, List<String>> errors = errors(run);
        assertThat(errors).containsKey(errorKey);
        assertThat(errors.get(errorKey)).anySatisfy(text -> assertThat(text).contains(says));
        Map<String, String> asked = new HashMap<>(config);
        asked.put("name", "orders");
        asked.put("preflight", "validate");
        Map<String, List<String>> answers =
                Bridge.shared().rest().validate(Bridge.CONNECTOR_CLASS, asked).errors();
        assertThat(comparable(errors)).isEqualTo(comparable(answers));
        assertThat(run.out()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "publish.max.pendng | 100   | JS-1002",
                "nats.auth.username | mute  | JS-3002",
                "jetstream.stream   | OTHER | JS-4001",
                "tasks.max          | many  | ",
            })
    void eachErrorOfTheConnectorHasItsCode(String key, String value, String code) {
        Map<String, String> config = config();
        config.put(key, value);
        if (value.equals("mute")) {
            config.put("nats.auth.password", SECRET);
        }

        JsonNode errors =
                ToolRun.of("check", write(config), "--format", "json").json().path("errors");

        assertThat(errors)
                .isNotEmpty()
                .allSatisfy(error -> assertThat(error.path("code").asText(null)).isEqualTo(code));
    }

    @Test
    void aGoodConfigurationHasNoProblem() {
        Map<String, String> config = config();
        config.remove("key.converter");
        String file = write(config);

        assertThat(ToolRun.of("check", file))
                .isEqualTo(new ToolRun(0, file + ": no problem" + System.lineSeparator(), ""));
        assertThat(ToolRun.of("check", file, "--format", "json").out())
                .isEqualToIgnoringWhitespace("{\"valid\": true, \"errors\": [], \"warnings\": []}");
    }

    /** Records may have other subjects than the one that preflight has generated. */
    @Test
    void aWarningIsPrintedAndDoesNotChangeTheExitStatus() {
        Map<String, String> config = config();
        config.putAll(Map.of("nats.auth.username", "mute", "nats.auth.password", SECRET, "subject", "orders.${key}"));
        String file = write(config);
        String text = "[JS-3002] the user of nats.auth.* may not publish to orders.jetsink-preflight: grant it that, or"
                + " change subject or the user";

        ToolRun run = ToolRun.of("check", file);
        assertThat(run.status()).isZero();
        assertThat(run.out().lines()).containsExactly("warning: subject: " + text, file + ": no problem, 1 warning");
        JsonNode json = ToolRun.of("check", file, "--format", "json").json();
        assertThat(json.path("valid").asBoolean()).isTrue();
        assertThat(json.path("warnings"))
                .singleElement()
                .isEqualTo(ToolRun.JSON
                        .createObjectNode()
                        .put("key", "subject")
                        .put("code", "JS-3002")
                        .put("message", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats.auth.password", "nats.servers", "consumer.override.sasl.jaas.config"})
    void aReferenceToAConfigProviderThatIsNotResolvedIsNotUsed(String key) throws IOException {
        Map<String, String> config = config();
        config.put(key, "prefix ${file:/run/secrets/nats:value}");
        Path other = Files.writeString(folder.resolve("other.properties"), """
                config.providers=env
                config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
                """);

        for (ToolRun run : List.of(
                ToolRun.of("check", write(config)),
                ToolRun.of("verify", write(config), "--worker", other.toString()))) {
            assertThat(run.status()).isEqualTo(2);
            assertThat(run.out()).isEmpty();
            assertThat(run.err())
                    .startsWith("jetsink: " + key + " refers to the config provider file: add --worker FILE")
                    .doesNotContain("/run/secrets");
        }
    }

    @Test
    void aTemplateIsNoReferenceToAConfigProvider() {
        Map<String, String> config = config();
        config.put("subject", "${timestamp:'orders'}");

        ToolRun run = ToolRun.of("check", write(config));

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).as(run.out()).isLessThan(2);
    }

    @Test
    void textHasTheKeysAndTheNumberOfProblems() {
        Map<String, String> config = config();
        config.put("subject", "orders.*");
        config.put("publish.mode", "fastest");
        String file = write(config);

        ToolRun run = ToolRun.of("check", file);

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("subject: "))
                .anyMatch(line -> line.startsWith("publish.mode: "))
                .endsWith(file + ": 2 problems");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "transforms.t.type                  | com.example.Missing | transforms.t.type | com.example.Missing",
                "transforms.t.type                  | org.apache.kafka.connect.transforms.InsertField$Value | transforms.t | insert",
                "predicates.p.type                  | com.example.Missing | predicates.p.type | predicates.p.type",
            })
    void createsTransformsAndPredicates(String key, String value, String errorKey, String says) {
        Map<String, String> config = config();
        config.put("transforms", "t");
        config.put("transforms.t.type", "org.apache.kafka.connect.transforms.Filter");
        config.put("transforms.t.predicate", "p");
        config.put("predicates", "p");
        config.put("predicates.p.type", "org.apache.kafka.connect.transforms.predicates.RecordIsTombstone");
        config.put(key, value);

        Map<String, List<String>> errors = errors(ToolRun.of("check", write(config), "--format", "json"));

        assertThat(errors).containsKey(errorKey);
        assertThat(errors.get(errorKey).get(0)).contains(says);
    }

    @Test
    void secretsOfProvidersAreHidden() throws IOException {
        Path values = Files.writeString(folder.resolve("values.properties"), "tasks=" + SECRET + "\n");
        Path properties = Files.writeString(folder.resolve("worker.properties"), """
                config.providers=file
                config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
                """);
        Map<String, String> config = config();
        config.put("tasks.max", "${file:" + values + ":tasks}");

        ToolRun run = ToolRun.of("check", write(config), "--worker", properties.toString());

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.out()).contains("[hidden]").doesNotContain(SECRET);
    }

    private static Map<String, List<String>> errors(ToolRun run) {
        Map<String, List<String>> errors = new TreeMap<>();
        for (JsonNode error : run.json().path("errors")) {
            errors.computeIfAbsent(error.path("key").asText(), key -> new ArrayList<>())
                    .add(error.path("message").asText());
        }
        return errors;
    }

    private static String write(Map<String, String> config) {
        return ToolRun.write(folder, "orders", config).toString();
    }

    private static Map<String, String> config() {
        return new HashMap<>(Map.of(
                "connector.class", Bridge.CONNECTOR_CLASS,
                "topics", "orders",
                "tasks.max", "1",
                "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                "nats.servers", nats.url(),
                "nats.auth.username", "all",
                "nats.auth.password", "everything",
                "jetstream.stream", "ORDERS",
                "subject", "orders"));
    }
}
