package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.api.StorageType;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys go with which target, and with large records. */
class TargetsTest {
    private static final String[] BUCKET = {"target", "kv", "kv.bucket", "orders"};

    @Test
    void aBucketIsAStreamOfItsName() {
        SinkConfig config = SinkConfig.parse(Props.with(BUCKET));

        assertThat(config.jetStream().stream()).isEqualTo("KV_orders");
        assertThat(config.translation().subject().bucket()).isEqualTo("orders");
        assertThat(config.translation().subject().template()).isEqualTo("${key}");
        assertThat(config.translation().message().tombstones()).isEqualTo(MessageSettings.TombstonePolicy.DELETE);
        assertThat(config.bucket()).isEqualTo(new BucketSettings("orders", false, 1, null, -1, StorageType.File, 1));
    }

    @Test
    void aBucketIsCreatedAsConfigured() {
        SinkConfig config = SinkConfig.parse(with(
                "kv.bucket.create", "true",
                "kv.bucket.history", "5",
                "kv.bucket.ttl.ms", "60000",
                "kv.bucket.max.bytes", "1000000",
                "kv.bucket.storage", "memory",
                "kv.bucket.replicas", "3",
                "subject", "${topic}.${key}",
                "tombstones", "purge"));

        assertThat(config.bucket())
                .isEqualTo(new BucketSettings(
                        "orders", true, 5, Duration.ofMinutes(1), 1_000_000L, StorageType.Memory, 3));
        assertThat(config.translation().subject().template()).isEqualTo("${topic}.${key}");
        assertThat(config.translation().message().tombstones()).isEqualTo(MessageSettings.TombstonePolicy.PURGE);
    }

    @Test
    void aBucketHasToBeNamed() {
        assertThat(Props.errors("target", "kv"))
                .isEqualTo(Map.of("kv.bucket", "kv.bucket is missing and required by target=kv: set it"));
    }

    @ParameterizedTest
    @CsvSource({
        "kv.bucket, orders",
        "kv.bucket.create, true",
        "kv.bucket.history, 1",
        "kv.bucket.ttl.ms, -1",
        "kv.bucket.max.bytes, -1",
        "kv.bucket.storage, file",
        "kv.bucket.replicas, 1",
    })
    void keysOfBucketsNeedTheTarget(String key, String value) {
        assertThat(Props.error(key, value))
                .isEqualTo(key + " has no effect without target=kv: set that, or remove this key");
    }

    @Test
    void keysOfCreationNeedTheCreation() {
        assertThat(Props.errors(with("kv.bucket.history", "2")))
                .isEqualTo(Map.of(
                        "kv.bucket.history",
                        "kv.bucket.history has no effect without kv.bucket.create=true: set that, or remove this key"));
    }

    @ParameterizedTest
    @CsvSource({"message.ttl.ms, 60000", "message.ttl.header, ttl"})
    void aBucketWithAHistoryHasNoTtlsOfMessages(String key, String value) {
        Map<String, String> props = with("kv.bucket.create", "true", "kv.bucket.history", "2", key, value);

        Props.assertRefused(props, "kv.bucket.history", "must be 1", "message.ttl.ms", "message.ttl.header");
        props.put("kv.bucket.history", "1");
        assertThat(Props.errors(props)).isEmpty();
    }

    @Test
    void aBucketWithAHistoryMayExpireAsAWhole() {
        assertThat(Props.errors(with(
                        "kv.bucket.create", "true",
                        "kv.bucket.history", "64",
                        "kv.bucket.ttl.ms", "60000",
                        "message.ttl.ms", "-1")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jetstream.stream", "jetstream.domain", "jetstream.api.prefix"})
    void keysOfStreamsDoNotGoWithABucket(String key) {
        Props.assertRefused(with(key, "ORDERS"), key, "does not apply to target=kv");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "a b", "a*", "${topic}"})
    void aBucketsNameIsOneToken(String name) {
        assertThat(Props.errors("target", "kv", "kv.bucket", name)).containsOnlyKeys("kv.bucket");
    }

    @Test
    void exactlyOnceNeedsBucketsThatKeepItsMarkers() {
        assertThat(Props.errors(with(
                        "delivery.guarantee", "exactly-once",
                        "kv.bucket.create", "true",
                        "kv.bucket.ttl.ms", "599999")))
                .containsOnlyKeys("kv.bucket.ttl.ms");
    }

    @ParameterizedTest
    @ValueSource(strings = {"coordinates", "header:id"})
    void aBucketsMessagesHaveNoIds(String id) {
        Props.assertRefused(with("message.id", id), "message.id", "target=kv");
        assertThat(Props.errors(with("message.id", "None"))).isEmpty();
    }

    @Test
    void aBucketsMarkersAreKeys() {
        assertThat(Props.errors(with("exactly.once.marker.prefix", "jet!sink")))
                .containsOnlyKeys("exactly.once.marker.prefix");
        assertThat(Props.errors(with("exactly.once.marker.prefix", "jetsink.offsets=1/2-3_")))
                .isEmpty();
    }

    @Test
    void tombstonesAreWhatTheTargetHas() {
        assertThat(Props.errors(with("tombstones", "publish")).get("tombstones"))
                .isEqualTo("tombstones must be one of delete, purge, skip, reject with target=kv");
        assertThat(Props.error("tombstones", "delete"))
                .isEqualTo("tombstones must be one of publish, skip, reject with target=stream");
    }

    @Test
    void largeRecordsNeedABucketOfObjects() {
        assertThat(SinkConfig.parse(Props.with("oversize", "object-store", "oversize.bucket", "large"))
                        .oversize())
                .isEqualTo(new OversizeSettings("large"));
        assertThat(Props.errors("oversize", "object-store"))
                .isEqualTo(Map.of(
                        "oversize.bucket", "oversize.bucket is missing and required by oversize=object-store: set it"));
        assertThat(Props.error("oversize.bucket", "large"))
                .isEqualTo("oversize.bucket has no effect without oversize=object-store: set that, or remove this key");
    }

    private static Map<String, String> with(String... more) {
        Map<String, String> props = Props.with(BUCKET);
        props.putAll(Props.with(more));
        return props;
    }
}
