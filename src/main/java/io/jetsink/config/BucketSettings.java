package io.jetsink.config;

import io.nats.client.api.StorageType;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * The key-value bucket that messages are stored in ({@code target=kv}).
 *
 * @param ttl null: values do not expire
 * @param maxBytes -1: no limit
 */
public record BucketSettings(
        String name,
        boolean create,
        int history,
        @Nullable Duration ttl,
        long maxBytes,
        StorageType storage,
        int replicas) {

    public static final String TARGET_CONFIG = "target";
    public static final String BUCKET_CONFIG = "kv.bucket";
    public static final String CREATE_CONFIG = "kv.bucket.create";
    public static final String HISTORY_CONFIG = "kv.bucket.history";
    public static final String TTL_CONFIG = "kv.bucket.ttl.ms";
    public static final String MAX_BYTES_CONFIG = "kv.bucket.max.bytes";
    public static final String STORAGE_CONFIG = "kv.bucket.storage";
    public static final String REPLICAS_CONFIG = "kv.bucket.replicas";

    /** Prefix of a bucket's name in the name of its stream (ADR-8 of NATS). */
    private static final String STREAM = "KV_";

    private enum Target {
        STREAM,
        KV
    }

    static void define(ConfigDef def) {
        new KeyGroup(def, "Key-value bucket")
                .choice(TARGET_CONFIG, Target.STREAM, Importance.HIGH, "Target")
                .doc("Where messages are stored: in a stream (stream), or in a key-value bucket (kv), which holds the "
                        + "last value of each key.")
                .text(BUCKET_CONFIG, null, NatsNames.bucket(), Importance.HIGH, "Bucket")
                .doc("Name of the bucket. Required with " + TARGET_CONFIG + "=kv.")
                .flag(CREATE_CONFIG, Importance.MEDIUM, "Create the bucket")
                .doc("Whether to create the bucket if it does not exist, with the settings of this group and what the "
                        + "guarantee and the publish mode require. An existing bucket is never changed.")
                .count(HISTORY_CONFIG, 1, 64, Importance.LOW, "History")
                .doc("Number of values that the created bucket keeps for each key. Must be 1 with "
                        + MessageSettings.TTL_CONFIG + " or " + MessageSettings.TTL_HEADER_CONFIG + ".")
                .durationOrNever(TTL_CONFIG, 100, Importance.LOW, "TTL")
                .doc("Milliseconds after which the created bucket removes a value; -1: never.")
                .bytesOrUnlimited(MAX_BYTES_CONFIG, "Bucket max. bytes")
                .doc("Maximum size of the created bucket in bytes; -1: no limit. A full bucket refuses new values "
                        + "until there is room. Some accounts require a limit.")
                .choice(STORAGE_CONFIG, StorageType.File, Importance.LOW, "Bucket storage")
                .doc("Storage of the created bucket.")
                .count(REPLICAS_CONFIG, 1, 5, Importance.MEDIUM, "Bucket replicas")
                .doc(
                        "Number of servers that store the created bucket. With 3, the bucket survives the loss of one server.");
    }

    static void check(ValidationContext context) {
        List<String> ofCreation =
                List.of(HISTORY_CONFIG, TTL_CONFIG, MAX_BYTES_CONFIG, STORAGE_CONFIG, REPLICAS_CONFIG);
        context.require(BUCKET_CONFIG, TARGET_CONFIG, "kv");
        context.refuseUnless(TARGET_CONFIG, "kv", List.of(BUCKET_CONFIG, CREATE_CONFIG));
        context.refuseUnless(TARGET_CONFIG, "kv", ofCreation);
        context.refuseUnless(CREATE_CONFIG, "true", ofCreation);
    }

    /** Returns the bucket's name, null if the target is a stream. */
    static @Nullable String bucket(AbstractConfig config) {
        return EnumValues.parse(Target.class, config.getString(TARGET_CONFIG)) == Target.KV
                ? config.getString(BUCKET_CONFIG)
                : null;
    }

    /** Returns the name of the stream that holds the bucket. */
    public static String stream(String bucket) {
        return STREAM + bucket;
    }

    static @Nullable BucketSettings from(AbstractConfig config) {
        String bucket = bucket(config);
        if (bucket == null) {
            return null;
        }
        return new BucketSettings(
                bucket,
                config.getBoolean(CREATE_CONFIG),
                config.getInt(HISTORY_CONFIG),
                KeyGroup.durationOrNull(config, TTL_CONFIG),
                config.getLong(MAX_BYTES_CONFIG),
                EnumValues.parse(StorageType.class, config.getString(STORAGE_CONFIG)),
                config.getInt(REPLICAS_CONFIG));
    }
}
