package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.Logged;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The connector itself: what needs more than the keys to be judged, and no server. */
class ConnectorTest {
    private final NatsJetStreamSinkConnector connector = new NatsJetStreamSinkConnector();

    /** Who may validate a configuration does not learn thereby what listens where. */
    @Test
    void aValidationOpensNoConnection() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listener.setSoTimeout(300);

            new NatsJetStreamSinkConnector()
                    .validate(Map.of(
                            "name", "orders",
                            "topics", "orders",
                            "nats.servers", "nats://127.0.0.1:" + listener.getLocalPort()));

            assertThatThrownBy(listener::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"${topic}", "${topic}.${partition}"})
    void aStreamForAnySubjectHasToBeToldItsSubjects(String subject) {
        Map<String, String> creating = config("subject", subject, "jetstream.stream.create", "true");

        assertThat(errors(creating))
                .containsExactly(Map.entry(
                        "jetstream.stream.subjects",
                        "[JS-1003] jetstream.stream.subjects is missing and cannot be derived, because subject can produce any"
                                + " subject: set the subjects of the created stream"));
        creating.put("jetstream.stream.subjects", "orders.>");
        assertThat(errors(creating)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"orders.${topic}, true", "${partition}, true", "${topic}, false"})
    void otherwiseTheSubjectSaysIt(String subject, String create) {
        assertThat(errors(config("subject", subject, "jetstream.stream.create", create)))
                .isEmpty();
    }

    @Test
    void aWrongSubjectIsToldOnce() {
        assertThat(errors(config("subject", "orders.${nothing}", "jetstream.stream.create", "true")))
                .containsOnlyKeys("subject");
    }

    @Test
    void templatesAndRoutesAreCheckedAtOnce() {
        Map<String, String> errors = errors(config(
                "subject", "orders.${nothing}",
                "subject.routes", "a -> b; (a -> c",
                "jetstream.stream.create", "true"));

        assertThat(errors).containsOnlyKeys("subject", "subject.routes");
        assertThat(errors.get("subject")).contains("for configuration subject: at position 8: unknown variable");
        assertThat(errors.get("subject.routes"))
                .contains("for configuration subject.routes: entry 2, at position 3: the pattern '(a'");
    }

    @Test
    void routesSayWhatAStreamTakesToo() {
        Map<String, String> creating = config(
                "subject", "orders.${key}", "subject.routes", "a -> a.${key}", "jetstream.stream.create", "true");
        assertThat(errors(creating)).isEmpty();

        creating.put("subject.routes", "a -> ${topic}");
        assertThat(errors(creating)).containsOnlyKeys("jetstream.stream.subjects");
        creating.put("subject.routes", "a -> ${partition}.eu");
        assertThat(errors(creating))
                .containsExactly(Map.entry(
                        "jetstream.stream.subjects",
                        "[JS-1003] jetstream.stream.subjects is missing and cannot be derived, because the templates produce"
                                + " orders.* and *.eu, which overlap: set the subjects of the created stream"));
        creating.put("jetstream.stream.subjects", "orders.>,*.eu");
        assertThat(errors(creating)).isEmpty();
    }

    @Test
    void templatesOfKeysHoldWhatKeysDo() {
        Map<String, String> config = config("target", "KV", "kv.bucket", "orders", "subject", "a:${key}");
        config.remove("jetstream.stream");

        assertThat(errors(config)).containsOnlyKeys("subject");
        config.put("subject", "a=${key}");
        assertThat(errors(config)).isEmpty();
        config.put("subject.routes", "a -> b%");
        assertThat(errors(config)).containsOnlyKeys("subject.routes");
        config.remove("kv.bucket");
        assertThat(errors(config)).containsOnlyKeys("kv.bucket", "subject.routes");
    }

    @Test
    void aClassOfTheUsersTakesNoTemplates() {
        Map<String, String> config = config(
                "subject.mapper", "com.example.jetsink.RegionSubjects",
                "jetstream.stream.create", "true");
        assertThat(errors(config)).isEmpty();

        config.put("subject", "orders.${key}");
        config.put("subject.routes", "a -> b");
        assertThat(errors(config))
                .isEqualTo(
                        Map.of(
                                "subject",
                                        "[JS-1003] subject has no effect without subject.mapper=template: set that, or remove this key",
                                "subject.routes",
                                        "[JS-1003] subject.routes has no effect without subject.mapper=template: set that, or remove this key"));
    }

    /** Nothing listens on the port: an answer in time is one without NATS. */
    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "best-effort"})
    void offsetsThatLiveInKafkaAloneAreAlteredThere(String guarantee) {
        Map<String, String> config = config("nats.servers", "nats://127.0.0.1:1", "delivery.guarantee", guarantee);

        assertThat(connector.alterOffsets(config, Map.of(new TopicPartition("orders", 0), 7L)))
                .isTrue();
        assertThat(connector.alterOffsets(config, Map.of())).isTrue();
    }

    @Test
    void moreTasksThanAServerTakesBatchesAreWarnedOf() {
        try (Logged log = Logged.of(JetStreamSinkConnector.class.getName())) {
            connector.start(config("delivery.guarantee", "at-least-once"));
            assertThat(connector.taskConfigs(21)).hasSize(21);
            connector.start(config("delivery.guarantee", "exactly-once"));
            assertThat(connector.taskConfigs(20)).hasSize(20);
            assertThat(log.lines()).isEmpty();

            assertThat(connector.taskConfigs(21)).hasSize(21);

            assertThat(log.lines()).singleElement().asString().startsWith("WARN [JS-1008] orders: tasks.max=21 ");
        }
    }

    private Map<String, String> errors(Map<String, String> config) {
        return connector.validate(config).configValues().stream()
                .filter(value -> !value.errorMessages().isEmpty())
                .collect(Collectors.toMap(ConfigValue::name, value -> String.join("\n", value.errorMessages())));
    }

    private static Map<String, String> config(String... keysAndValues) {
        Map<String, String> config =
                new HashMap<>(Map.of("name", "orders", "nats.servers", "localhost", "jetstream.stream", "ORDERS"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            config.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return config;
    }
}
