package io.jetsink.config;

import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/**
 * The stream to create if it is missing.
 *
 * @param subjects what it takes; empty: what the connector writes
 * @param storage where it keeps messages
 * @param replicas on how many servers
 * @param retention until when it keeps messages
 * @param discard what it does at a limit
 * @param maxAge how long it keeps messages, null: for ever
 * @param maxBytes how much it keeps, null: no limit
 * @param duplicateWindow for how long it remembers message ids, null: the server's default
 */
public record StreamCreationSettings(
        List<String> subjects,
        StorageType storage,
        int replicas,
        RetentionPolicy retention,
        DiscardPolicy discard,
        @Nullable Duration maxAge,
        @Nullable Long maxBytes,
        @Nullable Duration duplicateWindow) {

    public static final String CREATE_CONFIG = "jetstream.stream.create";
    public static final String SUBJECTS_CONFIG = "jetstream.stream.subjects";
    public static final String STORAGE_CONFIG = "jetstream.stream.storage";
    public static final String REPLICAS_CONFIG = "jetstream.stream.replicas";
    public static final String RETENTION_CONFIG = "jetstream.stream.retention";
    public static final String DISCARD_CONFIG = "jetstream.stream.discard";
    public static final String MAX_AGE_CONFIG = "jetstream.stream.max.age.ms";
    public static final String MAX_BYTES_CONFIG = "jetstream.stream.max.bytes";
    public static final String DUPLICATE_WINDOW_CONFIG = "jetstream.stream.duplicate.window.ms";

    private static final EnumValues<StorageType> STORAGES = new EnumValues<>(StorageType.class);
    private static final EnumValues<RetentionPolicy> RETENTIONS = new EnumValues<>(RetentionPolicy.class);
    private static final EnumValues<DiscardPolicy> DISCARDS = new EnumValues<>(DiscardPolicy.class);
    private static final long NO_LIMIT = -1;
    private static final int MAX_REPLICAS = 5;
    private static final long MIN_AGE_MS = 100;

    static void define(ConfigDef def) {
        new KeyGroup(def, "Stream creation")
                .flag(
                        CREATE_CONFIG,
                        false,
                        Importance.MEDIUM,
                        "Create the stream",
                        "Create the stream named by " + JetStreamSettings.STREAM_CONFIG + " if there is none, with the "
                                + "settings of this group and the flags that the guarantee and the publish mode need. "
                                + "A stream that exists is never changed.")
                .add(
                        SUBJECTS_CONFIG,
                        Type.LIST,
                        "",
                        NatsNames.subjects(),
                        Importance.MEDIUM,
                        Width.LONG,
                        "Subjects",
                        "What the created stream takes. Without it, what the connector's subject can become; needed "
                                + "where that is everything.")
                .choice(
                        STORAGE_CONFIG,
                        STORAGES,
                        StorageType.File,
                        Importance.LOW,
                        "Storage",
                        "Where the created stream keeps its messages.")
                .number(
                        REPLICAS_CONFIG,
                        Type.INT,
                        1,
                        ValueRule.wholeNumber(1, MAX_REPLICAS),
                        Importance.MEDIUM,
                        "Replicas",
                        "On how many servers the created stream keeps its messages. 3 survives the loss of one.")
                .choice(
                        RETENTION_CONFIG,
                        RETENTIONS,
                        RetentionPolicy.Limits,
                        Importance.LOW,
                        "Retention",
                        "Until when the created stream keeps its messages. exactly-once takes limits only.")
                .choice(
                        DISCARD_CONFIG,
                        DISCARDS,
                        DiscardPolicy.Old,
                        Importance.LOW,
                        "Discard",
                        "What the created stream does at a limit: old removes the oldest messages, new refuses new "
                                + "ones, which holds the connector back until there is room.")
                .number(
                        MAX_AGE_CONFIG,
                        Type.LONG,
                        NO_LIMIT,
                        ValueRule.longMillisOr(NO_LIMIT, MIN_AGE_MS),
                        Importance.LOW,
                        "Max. age",
                        "For how many milliseconds the created stream keeps its messages; -1: for ever. exactly-once takes "
                                + "no less than ten minutes.")
                .number(
                        MAX_BYTES_CONFIG,
                        Type.LONG,
                        NO_LIMIT,
                        ValueRule.wholeNumberOr(NO_LIMIT, 1, Long.MAX_VALUE),
                        Importance.LOW,
                        "Max. bytes",
                        "How many bytes the created stream keeps; -1: no limit.")
                .number(
                        DUPLICATE_WINDOW_CONFIG,
                        Type.LONG,
                        NO_LIMIT,
                        ValueRule.longMillisOr(NO_LIMIT, MIN_AGE_MS),
                        Importance.LOW,
                        "Duplicate window",
                        "For how many milliseconds the created stream remembers message ids, no longer than it keeps "
                                + "messages; -1: the server's default.");
    }

    static void check(ValidationContext findings) {
        if (Boolean.TRUE.equals(findings.value(CREATE_CONFIG))) {
            if (!findings.isGiven(JetStreamSettings.STREAM_CONFIG)) {
                findings.refuse(CREATE_CONFIG, CREATE_CONFIG + " needs " + JetStreamSettings.STREAM_CONFIG);
            }
            if (findings.value(MAX_AGE_CONFIG) instanceof Long age
                    && age != NO_LIMIT
                    && findings.value(DUPLICATE_WINDOW_CONFIG) instanceof Long window
                    && window > age) {
                findings.refuse(
                        DUPLICATE_WINDOW_CONFIG, DUPLICATE_WINDOW_CONFIG + " must not be more than " + MAX_AGE_CONFIG);
            }
            if (PublishSettings.isExactlyOnce(findings)) {
                checkExactlyOnce(findings);
            }
        } else {
            for (String key : List.of(
                    SUBJECTS_CONFIG,
                    STORAGE_CONFIG,
                    REPLICAS_CONFIG,
                    RETENTION_CONFIG,
                    DISCARD_CONFIG,
                    MAX_AGE_CONFIG,
                    MAX_BYTES_CONFIG,
                    DUPLICATE_WINDOW_CONFIG)) {
                if (findings.isGiven(key)) {
                    findings.refuse(key, key + " has no effect without " + CREATE_CONFIG + "=true");
                }
            }
        }
    }

    /** A stream that would be created and then refused. */
    private static void checkExactlyOnce(ValidationContext findings) {
        if (findings.value(RETENTION_CONFIG) instanceof String retention
                && RETENTIONS.parse(retention) != RetentionPolicy.Limits) {
            findings.refuse(
                    RETENTION_CONFIG,
                    RETENTION_CONFIG + " must be limits with " + PublishSettings.GUARANTEE_CONFIG
                            + "=exactly-once: consumers would remove its markers");
        }
        if (findings.value(MAX_AGE_CONFIG) instanceof Long age
                && age != NO_LIMIT
                && age < ExactlyOnceSettings.MIN_AGE.toMillis()) {
            findings.refuse(
                    MAX_AGE_CONFIG,
                    MAX_AGE_CONFIG + " must be -1 or at least " + ExactlyOnceSettings.MIN_AGE.toMillis() + " with "
                            + PublishSettings.GUARANTEE_CONFIG + "=exactly-once, whose markers would be removed");
        }
    }

    static @Nullable StreamCreationSettings from(AbstractConfig config) {
        if (!config.getBoolean(CREATE_CONFIG)) {
            return null;
        }
        long maxBytes = config.getLong(MAX_BYTES_CONFIG);
        return new StreamCreationSettings(
                List.copyOf(config.getList(SUBJECTS_CONFIG)),
                STORAGES.parse(config.getString(STORAGE_CONFIG)),
                config.getInt(REPLICAS_CONFIG),
                RETENTIONS.parse(config.getString(RETENTION_CONFIG)),
                DISCARDS.parse(config.getString(DISCARD_CONFIG)),
                duration(config.getLong(MAX_AGE_CONFIG)),
                maxBytes < 0 ? null : maxBytes,
                duration(config.getLong(DUPLICATE_WINDOW_CONFIG)));
    }

    private static @Nullable Duration duration(long millis) {
        return millis < 0 ? null : Duration.ofMillis(millis);
    }
}
