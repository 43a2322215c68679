package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SinkConfigTest {

    @Test
    void needsNothingButServers() {
        SinkConfig config = SinkConfig.parse(Map.of("nats.servers", "localhost"));

        assertThat(config.connection().servers()).containsExactly("nats://localhost");
        assertThat(config.connection().name()).isNull();
        assertThat(config.connection().connectTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.connection().pingInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.connection().backoff()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.connection().backoffMax()).isEqualTo(Duration.ofSeconds(10));
        assertThat(config.connection().inboxPrefix()).isEqualTo("_INBOX");
        assertThat(config.connection().auth()).isEqualTo(new AuthSettings(null, null, null, null, null, null, null));
        assertThat(config.jetStream()).isEqualTo(new JetStreamSettings(null, null, null, null));
        assertThat(config.publish())
                .isEqualTo(new PublishSettings(
                        PublishSettings.DeliveryGuarantee.AT_LEAST_ONCE,
                        PublishSettings.PublishMode.AUTO,
                        PublishSettings.AUTO,
                        33_554_432,
                        Duration.ofSeconds(5),
                        null));
        TranslationSettings translation = config.translation();
        assertThat(translation.subject())
                .isEqualTo(new SubjectSettings("${topic}", null, builtIn("subject.mapper", "template"), null));
        assertThat(translation.headers())
                .isEqualTo(new HeaderSettings(
                        builtIn("header.mapper", "standard"), List.of(), List.of(), false, null, false, false, null));
        assertThat(translation.payload())
                .isEqualTo(new PayloadSettings(
                        builtIn("payload.encoder", "auto"),
                        PayloadSettings.DecimalFormat.NUMBER,
                        PayloadSettings.DateFormat.ISO,
                        null,
                        new PayloadSettings.CloudEventSettings(
                                PayloadSettings.CloudEventSettings.Mode.BINARY, null, "kafka.record")));
        assertThat(translation.message())
                .isEqualTo(new MessageSettings(
                        builtIn("message.id", "none"), null, null, null, MessageSettings.TombstonePolicy.PUBLISH));
        assertThat(config.bucket()).isNull();
        assertThat(config.oversize()).isNull();
        assertThat(config.connection().customizer()).isNull();
        assertThat(config.exactlyOnce()).isEqualTo(new ExactlyOnceSettings("jetsink.offsets", Duration.ofMillis(5)));
    }

    @Test
    void parsesEveryPlainKey() {
        SinkConfig config = SinkConfig.parse(Props.with(
                "nats.connection.name", " orders bridge ",
                "nats.connect.timeout.ms", "1000",
                "nats.ping.interval.ms", "2000",
                "nats.reconnect.backoff.ms", "50",
                "nats.reconnect.backoff.max.ms", "50",
                "nats.inbox.prefix", "_INBOX.orders.",
                "jetstream.domain", "leaf",
                "jetstream.stream", "ORDERS",
                "delivery.guarantee", "Best-Effort",
                "publish.mode", "SYNC",
                "publish.max.pending", "65536",
                "publish.max.pending.bytes", "1024",
                "publish.ack.timeout.ms", "100",
                "publish.retry.timeout.ms", "1000",
                "subject", "orders.${key:-none}",
                "payload.encoder", "raw",
                "tombstones", "skip"));

        assertThat(config.connection().name()).isEqualTo("orders bridge");
        assertThat(config.connection().connectTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.connection().pingInterval()).isEqualTo(Duration.ofSeconds(2));
        assertThat(config.connection().backoff()).isEqualTo(Duration.ofMillis(50));
        assertThat(config.connection().backoffMax()).isEqualTo(Duration.ofMillis(50));
        assertThat(config.connection().inboxPrefix()).isEqualTo("_INBOX.orders");
        assertThat(config.jetStream()).isEqualTo(new JetStreamSettings("leaf", null, "ORDERS", null));
        assertThat(config.publish())
                .isEqualTo(new PublishSettings(
                        PublishSettings.DeliveryGuarantee.BEST_EFFORT,
                        PublishSettings.PublishMode.SYNC,
                        65536,
                        1024,
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1)));
        assertThat(config.translation().subject().template()).isEqualTo("orders.${key:-none}");
        assertThat(config.translation().payload().encoder()).isEqualTo(builtIn("payload.encoder", "raw"));
        assertThat(config.translation().message().tombstones()).isEqualTo(MessageSettings.TombstonePolicy.SKIP);
    }

    @Test
    void takesTheConnectorNameFromConnect() {
        assertThat(SinkConfig.parse(Props.with("name", " orders ")).connectorName())
                .isEqualTo("orders");
    }

    @Test
    void callsAConnectorWithoutANameUnnamed() {
        assertThat(SinkConfig.parse(Props.without("name")).connectorName()).isEqualTo("unnamed");
        assertThat(SinkConfig.parse(Props.with("name", " ")).connectorName()).isEqualTo("unnamed");
    }

    @Test
    void listsEveryErrorOnItsOwnLine() {
        Map<String, String> props = Props.with(
                "nats.servers", "http://localhost",
                "publish.max.pending", "0",
                "publish.mod", "sync",
                "nats.auth.username", "me");

        assertThatThrownBy(() -> SinkConfig.parse(props))
                .isExactlyInstanceOf(ConfigException.class)
                .message()
                .satisfies(message -> assertThat(message.lines())
                        .hasSize(4)
                        .anyMatch(line -> line.startsWith("[JS-1001] nats.servers has an error"))
                        .anyMatch(line -> line.startsWith("[JS-1001] publish.max.pending must be"))
                        .anyMatch(line -> line.startsWith("[JS-1002] publish.mod is not a key"))
                        .anyMatch(line -> line.startsWith("[JS-1003] nats.auth.username requires nats.auth.password")));
    }

    @Test
    void reportsMissingServersOnce() {
        assertThat(Props.errors(Map.of()))
                .containsOnlyKeys("nats.servers")
                .hasEntrySatisfying(
                        "nats.servers",
                        error -> assertThat(error)
                                .isEqualTo("nats.servers is missing and required: set it to a comma separated list of "
                                        + "1 to 100 nats://, tls://, ws:// or wss:// URLs"));
    }

    @Test
    void validatesValuesAndDefaults() {
        Map<String, Object> values = new HashMap<>();
        SinkConfig.validate(Props.with("publish.max.pending", "7"))
                .forEach(value -> values.put(value.name(), value.value()));

        assertThat(values)
                .hasSameSizeAs(SinkConfig.definition().names())
                .containsEntry("nats.servers", List.of("nats://localhost"))
                .containsEntry("publish.max.pending", "7")
                .containsEntry("publish.ack.timeout.ms", 5000L)
                .containsEntry("nats.auth.username", null);
    }

    @Test
    void recommendsTheValuesOfAChoice() {
        assertThat(SinkConfig.validate(Props.with()))
                .filteredOn(value -> value.name().equals("delivery.guarantee"))
                .singleElement()
                .extracting(ConfigValue::recommendedValues)
                .isEqualTo(List.of("best-effort", "at-least-once", "exactly-once"));
    }

    @Test
    void theWindowIsANumberOrFollowsTheConnection() {
        PublishSettings automatic = SinkConfig.parse(Props.with()).publish();
        assertThat(automatic.leastPending()).isEqualTo(4_096);
        assertThat(automatic.mostPending()).isEqualTo(65_536);
        PublishSettings fixed =
                SinkConfig.parse(Props.with("publish.max.pending", " 100 ")).publish();
        assertThat(fixed.leastPending()).isEqualTo(100);
        assertThat(fixed.mostPending()).isEqualTo(100);
        assertThat(SinkConfig.parse(Props.with("publish.max.pending", "auto")).publish())
                .isEqualTo(automatic);
    }

    @Test
    void refusesNullInsteadOfTakingTheDefault() {
        assertThat(Props.error("publish.max.pending", null)).contains("must not be null");
        assertThat(Props.error("nats.servers", null)).contains("must not be null");
    }

    @Test
    void ignoresAForeignNullAndANullKey() {
        Map<String, String> props = Props.with("foo.bar", null, null, "x");

        assertThat(Props.errors(props)).isEmpty();
        assertThat(SinkConfig.parse(props).connectorName()).isEqualTo("orders");
    }

    @Test
    void startsNoConfigProvider() {
        Map<String, String> props = Props.with(
                "config.providers", "env",
                "config.providers.env.class", "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
                "subject", "${env:PATH}");

        assertThat(SinkConfig.parse(props).translation().subject().template()).isEqualTo("${env:PATH}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exactlyonce", "at_least_once", "", "atleastonce"})
    void saysWhichGuaranteesExist(String value) {
        assertThat(Props.error("delivery.guarantee", value))
                .isEqualTo("delivery.guarantee must be one of best-effort, at-least-once, exactly-once");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "publish.mode | batch   | auto, fast, async, sync",
                "tombstones   | remove  | publish, skip, reject, delete, purge",
                "target       | topic   | stream, kv",
                "oversize     | objects | reject, object-store",
            })
    void saysWhichValuesAChoiceHas(String key, String value, String values) {
        assertThat(Props.error(key, value)).isEqualTo(key + " must be one of " + values);
    }

    @Test
    void excludesDomainAndApiPrefix() {
        assertThat(Props.errors("jetstream.domain", "leaf", "jetstream.api.prefix", "JS.leaf.API"))
                .containsOnlyKeys("jetstream.domain", "jetstream.api.prefix")
                .allSatisfy((key, error) -> assertThat(error).contains("keep one of them"));
    }

    @Test
    void takesAnApiPrefixWithAndWithoutADot() {
        for (String prefix : List.of("$JS.leaf.API", "$JS.leaf.API.")) {
            assertThat(SinkConfig.parse(Props.with("jetstream.api.prefix", prefix))
                            .jetStream()
                            .apiPrefix())
                    .isEqualTo("$JS.leaf.API");
        }
    }

    @Test
    void refusesALongestBackoffBelowTheFirst() {
        assertThat(Props.error("nats.reconnect.backoff.max.ms", "99")).contains("nats.reconnect.backoff.ms");
        assertThat(Props.error("nats.reconnect.backoff.ms", "10001")).contains("nats.reconnect.backoff.max.ms");
    }

    @Test
    void describesEveryKeyInFull() {
        assertThat(SinkConfig.definition().configKeys().values()).allSatisfy(key -> {
            assertThat(key.documentation).isNotBlank().endsWith(".");
            assertThat(key.displayName).isNotBlank().isNotEqualTo(key.name);
            assertThat(key.group).isNotBlank();
            assertThat(key.orderInGroup).isPositive();
            assertThat(key.validator).isInstanceOf(ValueRule.class);
        });
        assertThat(SinkConfig.definition().configKeys().values())
                .extracting(key -> key.group + key.orderInGroup)
                .doesNotHaveDuplicates();
        assertThat(SinkConfig.definition().configKeys().values())
                .filteredOn(key -> key.recommender != null)
                .extracting((ConfigKey key) -> key.name)
                .containsExactlyInAnyOrder(
                        "preflight",
                        "delivery.guarantee",
                        "publish.max.pending",
                        "publish.mode",
                        "jetstream.stream.storage",
                        "jetstream.stream.retention",
                        "jetstream.stream.discard",
                        "subject.mapper",
                        "header.mapper",
                        "payload.encoder",
                        "payload.encoder.decimal.format",
                        "payload.encoder.date.format",
                        "payload.encoder.cloudevents.mode",
                        "payload.converter",
                        "message.id",
                        "connection.customizer",
                        "tombstones",
                        "target",
                        "kv.bucket.storage",
                        "oversize");
        assertThat(SinkConfig.definition().configKeys().values())
                .filteredOn(key -> !key.hasDefault())
                .extracting((ConfigKey key) -> key.name)
                .containsExactly("nats.servers");
    }

    private static PluginSettings builtIn(String key, String name) {
        return new PluginSettings(key, name, true, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "publish.max.pending, 0, JS-1001",
        "publish.max.pendng, 10, JS-1002",
        "nats.auth.username, me, JS-1003",
        "kv.bucket, orders, JS-1003",
        "subject.mapper, com.example.Missing, JS-1004",
    })
    void anErrorBeginsWithItsCode(String key, String value, String code) {
        assertThat(SinkConfig.validate(Props.with(key, value)))
                .filteredOn(report -> report.name().equals(key))
                .singleElement()
                .satisfies(
                        report -> assertThat(report.errorMessages().get(0)).startsWith("[" + code + "] " + key + " "));
    }

    @Test
    void storesThatCannotBeUsedHaveACodeOfTheirOwn() {
        assertThatThrownBy(() -> SinkConfig.parse(Props.with("nats.ssl.keystore.key", "-----BEGIN PRIVATE KEY-----")))
                .hasMessageStartingWith("[JS-1005] nats.ssl.keystore.");
    }
}
