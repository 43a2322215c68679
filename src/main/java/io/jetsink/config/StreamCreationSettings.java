package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * The stream to create if it does not exist.
 *
 * @param subjects empty: the subjects that the connector can publish to
 * @param maxAge null: forever
 * @param maxBytes -1: no limit
 * @param duplicateWindow null: the default of the server
 */
public record StreamCreationSettings(
        List<String> subjects,
        StorageType storage,
        int replicas,
        RetentionPolicy retention,
        DiscardPolicy discard,
        @Nullable Duration maxAge,
        long maxBytes,
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

    static void define(ConfigDef def) {
        new KeyGroup(def, "Stream creation")
                .flag(CREATE_CONFIG, Importance.MEDIUM, "Create the stream")
                .doc(
                        "Whether to create the stream in jetstream.stream if it does not exist, with the settings of this "
                                + "group and what the guarantee and the publish mode require. An existing stream is never changed.")
                .list(SUBJECTS_CONFIG, "", NatsNames.subjects(), Importance.MEDIUM, "Subjects")
                .doc("Subjects of the created stream. If not set: the subjects that the connector can publish to. "
                        + "Required if these are all subjects.")
                .choice(STORAGE_CONFIG, StorageType.File, Importance.LOW, "Storage")
                .doc("Storage of the created stream.")
                .count(REPLICAS_CONFIG, 1, 5, Importance.MEDIUM, "Replicas")
                .doc(
                        "Number of servers that store the created stream. With 3, the stream survives the loss of one server.")
                .choice(RETENTION_CONFIG, RetentionPolicy.Limits, Importance.LOW, "Retention")
                .doc("Retention policy of the created stream. exactly-once requires limits.")
                .choice(DISCARD_CONFIG, DiscardPolicy.Old, Importance.LOW, "Discard")
                .doc("Policy of the created stream at a limit. old: the stream removes its oldest messages. new: the "
                        + "stream refuses new messages, and the connector waits until there is room.")
                .durationOrNever(MAX_AGE_CONFIG, 100, Importance.LOW, "Max. age")
                .doc("Milliseconds for which the created stream keeps messages; -1: forever. exactly-once requires at "
                        + "least ten minutes.")
                .bytesOrUnlimited(MAX_BYTES_CONFIG, "Max. bytes")
                .doc("Maximum size of the created stream in bytes; -1: no limit.")
                .durationOrNever(DUPLICATE_WINDOW_CONFIG, 100, Importance.LOW, "Duplicate window")
                .doc("Milliseconds for which the created stream remembers message ids, at most " + MAX_AGE_CONFIG
                        + "; -1: the default of the server.");
    }

    static void check(ValidationContext context) {
        context.refuseUnless(
                CREATE_CONFIG,
                "true",
                List.of(
                        SUBJECTS_CONFIG,
                        STORAGE_CONFIG,
                        REPLICAS_CONFIG,
                        RETENTION_CONFIG,
                        DISCARD_CONFIG,
                        MAX_AGE_CONFIG,
                        MAX_BYTES_CONFIG,
                        DUPLICATE_WINDOW_CONFIG));
        if (context.isLimited(MAX_AGE_CONFIG)
                && context.value(MAX_AGE_CONFIG) instanceof Long age
                && context.value(DUPLICATE_WINDOW_CONFIG) instanceof Long window
                && window > age) {
            context.refuse(
                    ErrorCode.CONFLICTING_KEYS, DUPLICATE_WINDOW_CONFIG, "must not be more than " + MAX_AGE_CONFIG);
        }
    }

    static @Nullable StreamCreationSettings from(AbstractConfig config) {
        return config.getBoolean(CREATE_CONFIG)
                ? new StreamCreationSettings(
                        List.copyOf(config.getList(SUBJECTS_CONFIG)),
                        EnumValues.parse(StorageType.class, config.getString(STORAGE_CONFIG)),
                        config.getInt(REPLICAS_CONFIG),
                        EnumValues.parse(RetentionPolicy.class, config.getString(RETENTION_CONFIG)),
                        EnumValues.parse(DiscardPolicy.class, config.getString(DISCARD_CONFIG)),
                        KeyGroup.durationOrNull(config, MAX_AGE_CONFIG),
                        config.getLong(MAX_BYTES_CONFIG),
                        KeyGroup.durationOrNull(config, DUPLICATE_WINDOW_CONFIG))
                : null;
    }
}
