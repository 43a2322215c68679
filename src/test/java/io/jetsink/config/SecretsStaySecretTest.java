package io.jetsink.config;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.runtime.AbstractHerder;
import org.apache.kafka.connect.runtime.rest.entities.ConfigInfos;
import org.apache.kafka.connect.runtime.rest.entities.ConfigValueInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Connect's REST shows of a configuration, with a secret at its own and at every wrong key. */
class SecretsStaySecretTest {
    private static final String CANARY = "CANARY";

    @ParameterizedTest
    @MethodSource("keys")
    void showsNoValueThatItRefusesAndNoSecretAtAll(String key) {
        for (String value : List.of(
                CANARY,
                CANARY + "\nx",
                "nats://me:" + CANARY + "@host",
                "http://" + CANARY,
                "-----BEGIN NATS USER JWT-----\n" + CANARY + "\n-----BEGIN USER NKEY SEED-----\n" + CANARY)) {
            Map<String, String> props = Props.with(key, value);
            ConfigInfos infos = rest(props);

            infos.configs().forEach(info -> {
                ConfigValueInfo shown = info.configValue();
                assertThat(shown.errors())
                        .as(key)
                        .allSatisfy(error -> assertThat(error).doesNotContain(CANARY));
                boolean accepted = info.configKey() != null
                        && !info.configKey().type().equals(ConfigDef.Type.PASSWORD.name())
                        && shown.errors().isEmpty();
                assertThat(accepted ? "" : String.valueOf(shown.value()))
                        .as(key)
                        .doesNotContain(CANARY);
            });
            if (infos.errorCount() > 0) {
                assertThrown(ConfigException.class, () -> SinkConfig.parse(props))
                        .hasMessageNotContaining(CANARY);
            }
        }
    }

    private static Stream<String> keys() {
        List<String> keys = new ArrayList<>(SinkConfig.definition().names());
        keys.addAll(List.of("nats.auth.pasword", "nats.auth.tokne", "nats.password", "kv.x", "nats.ssl.key.passwd"));
        return keys.stream();
    }

    @Test
    void countsEachErrorOnceInTheRestAnswer() {
        ConfigInfos infos = rest(Props.with(
                "nats.servers", "nats://me:secret@host",
                "publish.max.pending", "abc",
                "nats.auth.pasword", "secret"));

        assertThat(infos.errorCount()).isEqualTo(3);
        assertThat(infos.configs())
                .filteredOn(info -> !info.configValue().errors().isEmpty())
                .extracting(info -> info.configValue().name())
                .containsExactlyInAnyOrder("nats.servers", "publish.max.pending", "nats.auth.pasword");
    }

    @Test
    void isBetterThanKafkasOwnValidationWhichShowsTheValue() {
        // why Validation exists: should Kafka stop doing this, it can go
        assertThat(SinkConfig.definition().validate(Props.with("publish.ack.timeout.ms", CANARY)))
                .flatExtracting(value -> value.errorMessages())
                .anyMatch(error -> error.toString().contains(CANARY));
    }

    @Test
    void agreesWithKafkasOwnValidationOnDefaults() {
        Map<String, String> props = Props.with();

        assertThat(SinkConfig.validate(props))
                .usingRecursiveComparison()
                .ignoringCollectionOrder()
                .isEqualTo(SinkConfig.definition().validate(props));
    }

    @Test
    void keepsSecretsOutOfTheTextOfAConfiguration() {
        SinkConfig config = SinkConfig.parse(Props.with(
                "nats.auth.username", "me",
                "nats.auth.password", CANARY,
                "nats.ssl.key.password", CANARY));

        assertThat(config.toString()).doesNotContain(CANARY).contains("[hidden]");
    }

    private static ConfigInfos rest(Map<String, String> props) {
        ConfigDef def = SinkConfig.definition();
        return AbstractHerder.generateResult(
                "sink", def.configKeys(), SinkConfig.validate(props), new ArrayList<>(def.groups()));
    }
}
