package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamCreationSettingsTest {

    @Test
    void isOffByDefault() {
        assertThat(SinkConfig.parse(Props.with("jetstream.stream", "ORDERS"))
                        .jetStream()
                        .creation())
                .isNull();
    }

    @Test
    void needsNothingButAName() {
        assertThat(creation())
                .isEqualTo(new StreamCreationSettings(
                        List.of(), StorageType.File, 1, RetentionPolicy.Limits, DiscardPolicy.Old, null, -1, null));
    }

    @Test
    void parsesEveryKey() {
        assertThat(creation(
                        "jetstream.stream.subjects", "orders.>, audit.*.x",
                        "jetstream.stream.storage", "Memory",
                        "jetstream.stream.replicas", "5",
                        "jetstream.stream.retention", "workqueue",
                        "jetstream.stream.discard", "new",
                        "jetstream.stream.max.age.ms", "31536000000",
                        "jetstream.stream.max.bytes", "1",
                        "jetstream.stream.duplicate.window.ms", "100"))
                .isEqualTo(new StreamCreationSettings(
                        List.of("orders.>", "audit.*.x"),
                        StorageType.Memory,
                        5,
                        RetentionPolicy.WorkQueue,
                        DiscardPolicy.New,
                        Duration.ofDays(365),
                        1L,
                        Duration.ofMillis(100)));
    }

    @Test
    void needsTheNameOfTheStream() {
        assertThat(Props.error("jetstream.stream.create", "true"))
                .isEqualTo("jetstream.stream.create requires jetstream.stream: set jetstream.stream, or remove"
                        + " jetstream.stream.create");
    }

    @ParameterizedTest
    @CsvSource({
        "jetstream.stream.subjects, orders.>",
        "jetstream.stream.storage, file",
        "jetstream.stream.replicas, 3",
        "jetstream.stream.retention, limits",
        "jetstream.stream.discard, old",
        "jetstream.stream.max.age.ms, 3600000",
        "jetstream.stream.max.bytes, 1000",
        "jetstream.stream.duplicate.window.ms, 1000",
    })
    void saysThatASettingHasNoEffectWithoutCreation(String key, String value) {
        assertThat(Props.error(key, value))
                .isEqualTo(key + " has no effect without jetstream.stream.create=true: set that, or remove this key");
        assertThat(Props.errors(creating(key, value))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"storage, 'file, memory'", "retention, 'limits, interest, workqueue'", "discard, 'new, old'"})
    void saysWhichValuesAChoiceHas(String key, String values) {
        String full = "jetstream.stream." + key;
        assertThat(Props.errors(creating(full, "other")))
                .containsExactly(Map.entry(full, full + " must be one of " + values));
    }

    @Test
    void remembersIdsNoLongerThanMessages() {
        assertThat(Props.errors(creating(
                        "jetstream.stream.max.age.ms", "1000", "jetstream.stream.duplicate.window.ms", "1001")))
                .containsExactly(Map.entry(
                        "jetstream.stream.duplicate.window.ms",
                        "jetstream.stream.duplicate.window.ms must not be more than jetstream.stream.max.age.ms"));
        assertThat(Props.errors(creating(
                        "jetstream.stream.max.age.ms", "1000", "jetstream.stream.duplicate.window.ms", "1000")))
                .isEmpty();
        assertThat(Props.errors(creating("jetstream.stream.duplicate.window.ms", "1001")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"interest", "workqueue"})
    void keepsMarkersFromConsumers(String retention) {
        Map<String, String> props = creating("jetstream.stream.retention", retention);
        assertThat(Props.errors(props)).isEmpty();

        props.put("delivery.guarantee", "exactly-once");

        Props.assertRefused(props, "jetstream.stream.retention", "must be limits", "exactly-once");
    }

    @Test
    void keepsMarkersForTenMinutes() {
        Map<String, String> props = creating("jetstream.stream.max.age.ms", "599999");
        assertThat(Props.errors(props)).isEmpty();

        props.put("delivery.guarantee", "exactly-once");

        Props.assertRefused(props, "jetstream.stream.max.age.ms", "-1 or at least 600000", "exactly-once");
        props.put("jetstream.stream.max.age.ms", "600000");
        assertThat(Props.errors(props)).isEmpty();
        props.put("jetstream.stream.max.age.ms", "-1");
        assertThat(Props.errors(props)).isEmpty();
    }

    private static StreamCreationSettings creation(String... keysAndValues) {
        return SinkConfig.parse(creating(keysAndValues)).jetStream().creation();
    }

    private static Map<String, String> creating(String... keysAndValues) {
        Map<String, String> props = Props.with("jetstream.stream", "ORDERS", "jetstream.stream.create", "true");
        props.putAll(Props.with(keysAndValues));
        return props;
    }
}
