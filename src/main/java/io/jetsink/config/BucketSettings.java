package io.jetsink.config;

import io.nats.client.api.StorageType;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.jspecify.annotations.Nullable;

/**
 * The key-value bucket that is written to, where it is not a stream ({@code target=kv}).
 *
 * @param name {@code kv.bucket}
 * @param create {@code kv.bucket.create}
 * @param history {@code kv.bucket.history}: how many values of a key are kept
 * @param ttl {@code kv.bucket.ttl.ms}, null: forever
 * @param maxBytes {@code kv.bucket.max.bytes}, null: no limit
 * @param storage {@code kv.bucket.storage}
 * @param replicas {@code kv.bucket.replicas}
 */
public record BucketSettings(
        String name,
        boolean create,
        int history,
        @Nullable Duration ttl,
        @Nullable Long maxBytes,
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

    /** What the stream of a bucket is called before the bucket's name (ADR-8). */
    private static final String STREAM = "KV_";

    private static final long FOR_EVER = -1;
    private static final long NO_LIMIT = -1;
    private static final int MAX_HISTORY = 64;
    private static final int MAX_REPLICAS = 5;
    private static final EnumValues<Target> TARGETS = new EnumValues<>(Target.class);
    private static final EnumValues<StorageType> STORAGES = new EnumValues<>(StorageType.class);
    /** What clients take in a key (ADR-8). */
    private static final Pattern MARKER_PREFIX = Pattern.compile("[-/_=.A-Za-z0-9]+");

    private static final List<String> OF_CREATION =
            List.of(HISTORY_CONFIG, TTL_CONFIG, MAX_BYTES_CONFIG, STORAGE_CONFIG, REPLICAS_CONFIG);

    private enum Target {
        STREAM,
        KV
    }

    static void define(ConfigDef def) {
        new KeyGroup(def, "Key-value bucket")
                .choice(
                        TARGET_CONFIG,
                        TARGETS,
                        Target.STREAM,
                        Importance.HIGH,
                        "Target",
                        "What is written to: stream, or kv, a key-value bucket that holds the last value of each key.")
                .text(
                        BUCKET_CONFIG,
                        null,
                        NatsNames.bucket(),
                        Importance.HIGH,
                        "Bucket",
                        "Name of the bucket, for " + TARGET_CONFIG + "=kv.")
                .flag(
                        CREATE_CONFIG,
                        false,
                        Importance.MEDIUM,
                        "Create the bucket",
                        "Create the bucket if there is none, with the settings of this group and what the guarantee and "
                                + "the publish mode need. One that exists is never changed.")
                .number(
                        HISTORY_CONFIG,
                        Type.INT,
                        1,
                        ValueRule.wholeNumber(1, MAX_HISTORY),
                        Importance.LOW,
                        "History",
                        "How many values of a key the created bucket keeps. Must be 1 with "
                                + MessageSettings.TTL_CONFIG + " or " + MessageSettings.TTL_HEADER_CONFIG + ".")
                .number(
                        TTL_CONFIG,
                        Type.LONG,
                        FOR_EVER,
                        ValueRule.longMillisOr(FOR_EVER, 100),
                        Importance.LOW,
                        "TTL",
                        "For how many milliseconds the created bucket keeps a value; -1: forever.")
                .number(
                        MAX_BYTES_CONFIG,
                        Type.LONG,
                        NO_LIMIT,
                        ValueRule.wholeNumberOr(NO_LIMIT, 1, Long.MAX_VALUE),
                        Importance.LOW,
                        "Bucket max. bytes",
                        "How many bytes the created bucket holds; -1: no limit. A full bucket refuses new values until "
                                + "there is room. Some accounts require a limit.")
                .choice(
                        STORAGE_CONFIG,
                        STORAGES,
                        StorageType.File,
                        Importance.LOW,
                        "Bucket storage",
                        "Where the created bucket keeps its values.")
                .number(
                        REPLICAS_CONFIG,
                        Type.INT,
                        1,
                        ValueRule.wholeNumber(1, MAX_REPLICAS),
                        Importance.MEDIUM,
                        "Bucket replicas",
                        "On how many servers the created bucket keeps its values. 3 survives the loss of one.");
    }

    static void check(ValidationContext findings) {
        if (!isBucket(findings)) {
            refuse(findings, List.of(BUCKET_CONFIG, CREATE_CONFIG), TARGET_CONFIG + "=kv");
            refuse(findings, OF_CREATION, TARGET_CONFIG + "=kv");
            return;
        }
        if (!findings.isGiven(BUCKET_CONFIG)) {
            findings.refuse(BUCKET_CONFIG, BUCKET_CONFIG + " is missing: " + TARGET_CONFIG + "=kv needs it");
        }
        if (Boolean.FALSE.equals(findings.value(CREATE_CONFIG))) {
            refuse(findings, OF_CREATION, CREATE_CONFIG + "=true");
        }
        for (String key : List.of(
                JetStreamSettings.STREAM_CONFIG,
                StreamCreationSettings.CREATE_CONFIG,
                JetStreamSettings.DOMAIN_CONFIG,
                JetStreamSettings.API_PREFIX_CONFIG)) {
            if (findings.isGiven(key)) {
                findings.refuse(
                        key,
                        key + " does not go with " + TARGET_CONFIG + "=kv: the bucket is named by " + BUCKET_CONFIG
                                + ", created by " + CREATE_CONFIG + ", and lies with the servers of "
                                + ConnectionSettings.SERVERS_CONFIG);
            }
        }
        checkMessages(findings);
        if (findings.value(TTL_CONFIG) instanceof Long ttl
                && ttl != FOR_EVER
                && ttl < ExactlyOnceSettings.MIN_AGE.toMillis()
                && PublishSettings.isExactlyOnce(findings)) {
            findings.refuse(
                    TTL_CONFIG,
                    TTL_CONFIG + " must be -1 or at least " + ExactlyOnceSettings.MIN_AGE.toMillis() + " with "
                            + PublishSettings.GUARANTEE_CONFIG + "=exactly-once, whose markers would be removed");
        }
    }

    private static void checkMessages(ValidationContext findings) {
        if (findings.value(HISTORY_CONFIG) instanceof Integer history
                && history > 1
                && MessageSettings.usesTtl(findings)) {
            findings.refuse(
                    HISTORY_CONFIG,
                    HISTORY_CONFIG + " must be 1 with " + MessageSettings.TTL_CONFIG + " or "
                            + MessageSettings.TTL_HEADER_CONFIG
                            + ": when the last value of a key expires, readers would get the value before it. Set it to"
                            + " 1, or remove " + MessageSettings.TTL_CONFIG + " and "
                            + MessageSettings.TTL_HEADER_CONFIG);
        }
        if (findings.value(MessageSettings.ID_CONFIG) instanceof String id
                && !id.equalsIgnoreCase(MessageSettings.NONE)) {
            findings.refuse(
                    MessageSettings.ID_CONFIG,
                    MessageSettings.ID_CONFIG + " must be none, or left out, with " + TARGET_CONFIG
                            + "=kv: of a value that is sent again behind an older one only the older one would be stored");
        }
        if (findings.value(ExactlyOnceSettings.MARKER_PREFIX_CONFIG) instanceof String prefix
                && !MARKER_PREFIX.matcher(prefix).matches()) {
            findings.refuse(
                    ExactlyOnceSettings.MARKER_PREFIX_CONFIG,
                    ExactlyOnceSettings.MARKER_PREFIX_CONFIG + " must hold nothing but letters, digits, dots and any of"
                            + " - _ / = with " + TARGET_CONFIG + "=kv, where markers are keys");
        }
    }

    private static void refuse(ValidationContext findings, List<String> keys, String without) {
        for (String key : keys) {
            if (findings.isGiven(key)) {
                findings.refuse(key, key + " has no effect without " + without);
            }
        }
    }

    static boolean isBucket(ValidationContext findings) {
        return findings.value(TARGET_CONFIG) instanceof String target && TARGETS.parse(target) == Target.KV;
    }

    /** The bucket's name, or null where a stream is written to. */
    static @Nullable String bucket(AbstractConfig config) {
        return TARGETS.parse(config.getString(TARGET_CONFIG)) == Target.KV ? config.getString(BUCKET_CONFIG) : null;
    }

    /** The stream that holds the bucket. */
    public static String stream(String bucket) {
        return STREAM + bucket;
    }

    static @Nullable BucketSettings from(AbstractConfig config) {
        String bucket = bucket(config);
        if (bucket == null) {
            return null;
        }
        long ttl = config.getLong(TTL_CONFIG);
        long maxBytes = config.getLong(MAX_BYTES_CONFIG);
        return new BucketSettings(
                bucket,
                config.getBoolean(CREATE_CONFIG),
                config.getInt(HISTORY_CONFIG),
                ttl == FOR_EVER ? null : Duration.ofMillis(ttl),
                maxBytes == NO_LIMIT ? null : maxBytes,
                STORAGES.parse(config.getString(STORAGE_CONFIG)),
                config.getInt(REPLICAS_CONFIG));
    }
}
