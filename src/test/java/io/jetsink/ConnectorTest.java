package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.LogLines;
import java.util.HashMap;
import java.util.List;
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

    @ParameterizedTest
    @ValueSource(strings = {"${topic}", "${topic}.${partition}"})
    void aStreamForAnySubjectHasToBeToldItsSubjects(String subject) {
        Map<String, String> creating = config("subject", subject, "jetstream.stream.create", "true");

        assertThat(errors(creating))
                .containsExactly(Map.entry(
                        "jetstream.stream.subjects",
                        List.of(
                                "jetstream.stream.subjects is missing: subject can become any subject, so what the created"
                                        + " stream takes has to be said")));
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
        try (LogLines log = LogLines.of(NatsJetStreamSinkConnector.class.getName())) {
            connector.start(config("delivery.guarantee", "at-least-once"));
            assertThat(connector.taskConfigs(21)).hasSize(21);
            connector.start(config("delivery.guarantee", "exactly-once"));
            assertThat(connector.taskConfigs(20)).hasSize(20);
            assertThat(log.lines()).isEmpty();

            assertThat(connector.taskConfigs(21)).hasSize(21);

            assertThat(log.lines()).singleElement().asString().startsWith("WARN tasks.max=21 ");
        }
    }

    private Map<String, List<String>> errors(Map<String, String> config) {
        return connector.validate(config).configValues().stream()
                .filter(value -> !value.errorMessages().isEmpty())
                .collect(Collectors.toMap(ConfigValue::name, ConfigValue::errorMessages));
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
