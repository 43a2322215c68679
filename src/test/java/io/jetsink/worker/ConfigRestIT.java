package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.ConnectValidation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people mistype, over a real worker's REST: one clear error at the right key, and no secret in the answer. */
class ConfigRestIT {
    private static final String SECRET = "c4n4ry-s3cr3t";
    private static Bridge bridge;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        // The strictest discovery: a plugin that a scan finds and no service file names stops the worker.
        bridge = Bridge.start(1, worker -> worker.property("plugin.discovery", "hybrid_fail"));
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nats.servers              | http://127.0.0.1:4222                  | nats.servers          | scheme",
                "nats.servers              | nats://user:" + SECRET
                        + "@127.0.0.1   | nats.servers          | credentials",
                "nats.servers              | gopher://127.0.0.1                     | nats.servers          | scheme",
                "nats.servers              | nats://127.0.0.1:99999                 | nats.servers          | port",
                "nats.servers              | ''                                     | nats.servers          | nats.servers",
                "subject                   | orders.${tpoic}                        | subject               | unknown variable",
                "subject                   | orders.${topic                         | subject               | closing",
                "subject                   | orders.*                               | subject               | '*'",
                "publish.ack.timeout.ms    | -5                                     | publish.ack.timeout.ms | publish.ack.timeout.ms",
                "publish.max.pending       | 99999999999999999999                   | publish.max.pending   | publish.max.pending",
                "publish.max.pending.bytes | many                                   | publish.max.pending.bytes | publish.max.pending.bytes",
                "publish.mode              | fastest                                | publish.mode          | async",
                "publish.max.pendng        | 100                                    | publish.max.pendng    | publish.max.pending",
                "nats.auth.pasword         | " + SECRET
                        + "                         | nats.auth.pasword     | nats.auth.password",
                "kv.bucket                 | things                                 | kv.bucket             | target=kv",
                "nats.auth.credentials.file | /nowhere/nats.creds                   | nats.auth.credentials.file | nats.auth.credentials.file",
            })
    void tellsWhatIsWrongAtItsKey(String key, String value, String errorKey, String says) {
        Map<String, String> config = config();
        config.put(key, value);

        ConnectValidation validation = bridge.rest().validate(Bridge.CONNECTOR_CLASS, config);

        assertThat(validation.errors()).containsOnlyKeys(errorKey);
        assertThat(validation.errors().get(errorKey))
                .hasSize(1)
                .first()
                .asString()
                .contains(says);
        assertThat(validation.toString()).doesNotContain(SECRET);
    }

    @Test
    void refusesTwoWaysToAuthenticate() {
        Map<String, String> config = config();
        config.put("nats.auth.token", SECRET);
        config.put("nats.auth.username", "bridge");
        config.put("nats.auth.password", SECRET);

        ConnectValidation validation = bridge.rest().validate(Bridge.CONNECTOR_CLASS, config);

        assertThat(validation.errors()).isNotEmpty();
        assertThat(validation.errors().keySet()).allMatch(key -> key.startsWith("nats.auth."));
        assertThat(validation.errors().toString()).contains("nats.auth.token").contains("nats.auth.username");
        assertThat(validation.toString()).doesNotContain(SECRET);
    }

    @Test
    void refusesACredentialsFileThatIsAFolder() {
        Map<String, String> config = config();
        config.put("nats.auth.credentials.file", folder.toString());

        ConnectValidation validation = bridge.rest().validate(Bridge.CONNECTOR_CLASS, config);

        assertThat(validation.errors()).containsOnlyKeys("nats.auth.credentials.file");
    }

    @Test
    void refusesACredentialsFileWithoutCredentialsAndDoesNotShowIt() throws Exception {
        Path file = Files.writeString(folder.resolve("nats.creds"), SECRET);
        Map<String, String> config = config();
        config.put("nats.auth.credentials.file", file.toString());

        ConnectValidation validation = bridge.rest().validate(Bridge.CONNECTOR_CLASS, config);

        assertThat(validation.toString()).doesNotContain(SECRET);
        assertThat(validation.errors()).containsOnlyKeys("nats.auth.credentials.file");
    }

    @Test
    void missingServersAreAnErrorAndTheWorkerStaysUp() {
        Map<String, String> config = config();
        config.remove("nats.servers");

        assertThat(bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).errors())
                .containsOnlyKeys("nats.servers");
        assertThat(bridge.rest().connectors()).isEmpty();
        assertThat(bridge.connect().worker(0).alive()).isTrue();
    }

    /** As Connect itself does before it creates a connector. */
    @Test
    void asksTheServerIfItIsToldTo() throws Exception {
        bridge.createStream("live");
        Map<String, String> config = config();
        config.put("preflight", "validate");
        config.put("subject", "live");
        config.put("jetstream.stream", "live");
        assertThat(bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).errors())
                .isEmpty();

        config.put("jetstream.stream", "missing");
        config.put("nats.auth.token", SECRET);
        ConnectValidation validation = bridge.rest().validate(Bridge.CONNECTOR_CLASS, config);

        assertThat(validation.errors()).containsOnlyKeys("jetstream.stream");
        assertThat(validation.errors().get("jetstream.stream"))
                .singleElement()
                .asString()
                .startsWith("[JS-4001] there is no stream missing");
        assertThat(validation.toString()).doesNotContain(SECRET);
    }

    @Test
    void connectsOwnKeysPass() {
        Map<String, String> config = config();
        config.put("errors.tolerance", "all");
        config.put("errors.deadletterqueue.topic.name", "dlq");
        config.put("consumer.override.max.poll.records", "2000");
        config.put("transforms", "route");
        config.put("transforms.route.type", "org.apache.kafka.connect.transforms.RegexRouter");
        config.put("transforms.route.regex", ".*");
        config.put("transforms.route.replacement", "all");

        assertThat(bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).errors())
                .isEmpty();
    }

    private static Map<String, String> config() {
        Map<String, String> config = new HashMap<>(bridge.config("any", 1));
        config.put("name", "any");
        return config;
    }
}
