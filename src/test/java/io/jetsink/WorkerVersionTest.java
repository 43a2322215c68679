package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.utils.internals.AppInfoParser;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that are too old for the connector. */
class WorkerVersionTest {
    private static final Map<String, String> PROPS = Map.of(
            "name", "orders",
            "connector.class", NatsJetStreamSinkConnector.class.getName(),
            "topics", "orders",
            "nats.servers", "nats://127.0.0.1:4222");
    private static final WorkerVersion OLD = new WorkerVersion("3.5.1");
    private static final String TEXT = "[JS-1012] the connector needs Kafka Connect 3.6 or later, this worker is 3.5.1:"
            + " upgrade every worker of the Connect cluster";

    @Test
    void theVersionIsThatOfTheKafkaLibraries() {
        assertThat(WorkerVersion.current().version())
                .isEqualTo(AppInfoParser.getVersion())
                .matches("\\d+\\.\\d+\\.\\d+.*");
        assertThat(WorkerVersion.current().problem()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.6.0", "3.6", "3.10.0", "4.0.0-SNAPSHOT", "3.9.0.redhat-00004", "7.6.0-ccs", "8.0.0-ce"})
    void isNewEnough(String version) {
        assertThat(new WorkerVersion(version).problem()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "", "trunk", "99999.0"})
    void aVersionThatIsNotKnownIsAccepted(String version) {
        assertThat(new WorkerVersion(version).problem()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3.5.1",
                "3.5",
                "3.0.0",
                "2.8.2",
                "0.10.2.1",
                "3.5.0.redhat-00004",
                "7.5.1-ccs",
                "7.5.1-ce",
                "6.2.0-ccs"
            })
    void isTooOld(String version) {
        assertThat(new WorkerVersion(version).problem())
                .startsWith("the connector needs Kafka Connect 3.6 or later, this worker is " + version + ":");
    }

    @Test
    void aConnectorDoesNotStart() {
        assertThatThrownBy(() -> new JetStreamSinkConnector(OLD).start(PROPS))
                .isInstanceOf(ConnectException.class)
                .hasMessage(TEXT);
    }

    @Test
    void aTaskDoesNotStart() {
        NatsJetStreamSinkTask task = new NatsJetStreamSinkTask(OLD);

        assertThatThrownBy(() -> task.start(PROPS))
                .isInstanceOf(ConnectException.class)
                .hasMessage(TEXT);
        assertThat(task.link()).isNull();
        task.stop();
    }

    @Test
    void aValidationReportsTheVersionAtTheKeyOfTheClass() {
        List<ConfigValue> values =
                new JetStreamSinkConnector(OLD).validate(PROPS).configValues();

        assertThat(values)
                .filteredOn(value -> !value.errorMessages().isEmpty())
                .singleElement()
                .satisfies(value -> {
                    assertThat(value.name()).isEqualTo("connector.class");
                    assertThat(value.value()).isEqualTo(NatsJetStreamSinkConnector.class.getName());
                    assertThat(value.errorMessages()).containsExactly(TEXT);
                });
        assertThat(new JetStreamSinkConnector(new WorkerVersion("3.6.0"))
                        .validate(PROPS)
                        .configValues())
                .extracting(ConfigValue::name)
                .isNotEmpty()
                .doesNotContain("connector.class");
    }
}
