package io.jetsink.config;

import io.jetsink.spi.MessageIdStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.jspecify.annotations.Nullable;

/**
 * What JetStream is to do with a message.
 *
 * @param id {@code message.id}
 * @param idPrefix {@code message.id.prefix}, null: the connector's name
 * @param ttl {@code message.ttl.ms}, null: none
 * @param ttlHeader {@code message.ttl.header}: the Kafka header that holds a record's own, null: none
 * @param tombstones {@code tombstones}
 */
public record MessageSettings(
        PluginSettings id,
        @Nullable String idPrefix,
        @Nullable Duration ttl,
        @Nullable String ttlHeader,
        TombstonePolicy tombstones) {

    public static final String ID_CONFIG = "message.id";
    public static final String ID_PREFIX_CONFIG = "message.id.prefix";
    public static final String TTL_CONFIG = "message.ttl.ms";
    public static final String TTL_HEADER_CONFIG = "message.ttl.header";
    public static final String TOMBSTONES_CONFIG = "tombstones";

    /** The built-in strategies. */
    public static final String NONE = "none";

    public static final String COORDINATES = "coordinates";
    public static final String HEADER = "header:";
    public static final String SUBJECT = "subject";

    static final PluginKey ID = new PluginKey(ID_CONFIG, MessageIdStrategy.class, NONE, COORDINATES, HEADER, SUBJECT);

    private static final EnumValues<TombstonePolicy> TOMBSTONES = new EnumValues<>(TombstonePolicy.class);
    private static final long NO_TTL = -1;
    private static final List<TombstonePolicy> OF_STREAMS =
            List.of(TombstonePolicy.PUBLISH, TombstonePolicy.SKIP, TombstonePolicy.REJECT);
    private static final List<TombstonePolicy> OF_BUCKETS =
            List.of(TombstonePolicy.DELETE, TombstonePolicy.PURGE, TombstonePolicy.SKIP, TombstonePolicy.REJECT);

    /** What becomes of a record with a null value ({@code tombstones}). */
    public enum TombstonePolicy {
        /** An empty message with the header {@code Kafka-Tombstone: true}. */
        PUBLISH,
        /** Nothing is published; the record counts as delivered. */
        SKIP,
        /** The record is reported as an errant record. */
        REJECT,
        /** The key is marked as deleted in the bucket; its history stays. */
        DELETE,
        /** The key is marked as deleted in the bucket, and its history removed. */
        PURGE
    }

    static void define(ConfigDef def) {
        KeyGroup group = new KeyGroup(def, "Messages");
        ID.define(
                group,
                NONE,
                Importance.MEDIUM,
                "Message id",
                "Id by which JetStream knows a message that it has stored already, within the stream's duplicate window. "
                        + "none; coordinates: prefix:topic:partition:offset; header:<name>: the value of that Kafka "
                        + "header; subject: the subject itself, for a stream with discard_new_per_subject, whose refusal of "
                        + "a further message for a subject counts as a duplicate; or the name of a class of your own. Ids that repeat for other records lose these.");
        group.text(
                        ID_PREFIX_CONFIG,
                        null,
                        NatsNames.headerValue(),
                        Importance.LOW,
                        "Message id prefix",
                        "For " + ID_CONFIG
                                + "=coordinates. Without it: the connector's name. Change it when a topic was "
                                + "created again, or records are to be published again within the duplicate window.")
                .number(
                        TTL_CONFIG,
                        Type.LONG,
                        NO_TTL,
                        ValueRule.longMillisOr(NO_TTL, 1_000),
                        Importance.LOW,
                        "Message TTL",
                        "After how many milliseconds the stream removes a message (Nats-TTL, rounded up to seconds); -1: "
                                + "by its own limits only. Needs nats-server 2.11 and a stream with allow_msg_ttl and "
                                + "without max_msgs_per_subject above 1. In buckets it applies to values, not to "
                                + "deletes.")
                .text(
                        TTL_HEADER_CONFIG,
                        null,
                        ValueRule.text(),
                        Importance.LOW,
                        "TTL header",
                        "Name of the Kafka header that holds a record's own TTL in milliseconds, or never. Records "
                                + "without it have " + TTL_CONFIG + ".")
                .recommended(
                        TOMBSTONES_CONFIG,
                        null,
                        TOMBSTONES.rule(),
                        Importance.MEDIUM,
                        "Tombstones",
                        "What becomes of a record with a null value. publish (the default): an empty message with the "
                                + "header Kafka-Tombstone: true. skip: nothing. reject: the record goes Connect's way "
                                + "of errant records. With " + BucketSettings.TARGET_CONFIG
                                + "=kv delete (the default there) or purge in the place of publish.",
                        TOMBSTONES);
    }

    static void check(ValidationContext findings) {
        boolean bucket = BucketSettings.isBucket(findings);
        if (findings.value(TOMBSTONES_CONFIG) instanceof String text) {
            List<TombstonePolicy> allowed = bucket ? OF_BUCKETS : OF_STREAMS;
            if (!allowed.contains(TOMBSTONES.parse(text))) {
                findings.refuse(
                        TOMBSTONES_CONFIG,
                        TOMBSTONES_CONFIG + " must be one of "
                                + String.join(
                                        ", ",
                                        allowed.stream().map(EnumValues::text).toList())
                                + " with " + BucketSettings.TARGET_CONFIG + "=" + (bucket ? "kv" : "stream"));
            }
        }
        if (findings.value(ID_CONFIG) instanceof String id) {
            if (!id.equalsIgnoreCase(NONE) && PublishSettings.isExactlyOnce(findings)) {
                findings.refuse(
                        ID_CONFIG,
                        ID_CONFIG + " must be none, or left out, with " + PublishSettings.GUARANTEE_CONFIG
                                + "=exactly-once, which knows by its markers what is stored");
            }
            if (!id.equalsIgnoreCase(COORDINATES) && findings.isGiven(ID_PREFIX_CONFIG)) {
                findings.refuse(
                        ID_PREFIX_CONFIG, ID_PREFIX_CONFIG + " has no effect unless " + ID_CONFIG + " is coordinates");
            }
        }
    }

    /** Whether any message may have a TTL, in a configuration that is being checked. */
    static boolean usesTtl(ValidationContext findings) {
        return findings.value(TTL_HEADER_CONFIG) != null
                || (findings.value(TTL_CONFIG) instanceof Long ttl && ttl != NO_TTL);
    }

    /** Whether messages have ids of their own, which the stream knows for its duplicate window. */
    public boolean identifies() {
        return !id.name().equalsIgnoreCase(NONE) && !identifiesBySubject();
    }

    /** Whether the subject is the id, and messages have no other. */
    public boolean identifiesBySubject() {
        return id.builtIn() && id.name().equalsIgnoreCase(SUBJECT);
    }

    /** Whether any message may have a TTL of its own, which takes a stream that allows it. */
    public boolean usesTtl() {
        return ttl != null || ttlHeader != null;
    }

    static MessageSettings from(AbstractConfig config, Map<String, String> props) {
        long ttl = config.getLong(TTL_CONFIG);
        String tombstones = config.getString(TOMBSTONES_CONFIG);
        TombstonePolicy byTarget =
                BucketSettings.bucket(config) == null ? TombstonePolicy.PUBLISH : TombstonePolicy.DELETE;
        return new MessageSettings(
                Objects.requireNonNull(ID.from(config, props)),
                config.getString(ID_PREFIX_CONFIG),
                ttl == NO_TTL ? null : Duration.ofMillis(ttl),
                config.getString(TTL_HEADER_CONFIG),
                tombstones == null ? byTarget : TOMBSTONES.parse(tombstones));
    }
}
