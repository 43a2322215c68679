package io.jetsink.config;

import io.jetsink.spi.MessageIdStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * Message ids, TTLs and tombstones.
 *
 * @param idPrefix null: the connector's name
 * @param ttl null: none
 * @param ttlHeader the Kafka header with the TTL of a record, null: none
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

    /** The handling of records with a null value ({@code tombstones}). */
    public enum TombstonePolicy {
        PUBLISH,
        /** The record counts as delivered. */
        SKIP,
        REJECT,
        /** A delete marker in the bucket; the history of the key stays. */
        DELETE,
        /** A purge marker in the bucket. */
        PURGE
    }

    static void define(ConfigDef def) {
        ValueRule policy = EnumValues.rule(TombstonePolicy.class);
        List<String> policies = EnumValues.texts(TombstonePolicy.class);
        KeyGroup group = new KeyGroup(def, "Messages");
        ID.define(group, NONE, Importance.MEDIUM, "Message id")
                .doc(
                        "Message id (Nats-Msg-Id) by which the stream drops duplicates within its duplicate window. none: no id. "
                                + "coordinates: prefix:topic:partition:offset. header:<name>: the value of that Kafka header. subject: the "
                                + "subject itself identifies the message. The stream requires discard_new_per_subject, and its refusal of "
                                + "another message with that subject counts as a duplicate. Any other value is the name of a class that "
                                + "implements io.jetsink.spi.MessageIdStrategy. Of records with the same id only the first is stored.");
        group.text(ID_PREFIX_CONFIG, null, NatsNames.headerValue(), Importance.LOW, "Message id prefix")
                .doc("Prefix of the ids with " + ID_CONFIG + "=coordinates. If not set: the connector name. Change it "
                        + "after a topic was re-created, or to publish records again within the duplicate window.")
                .durationOrNever(TTL_CONFIG, 1_000, Importance.LOW, "Message TTL")
                .doc("Milliseconds after which the stream removes a message (Nats-TTL, rounded up to seconds); -1: the "
                        + "stream removes messages by its own limits only. Requires nats-server 2.11 and a stream with "
                        + "allow_msg_ttl and without max_msgs_per_subject above 1. In buckets it applies to values, not "
                        + "to deletes.")
                .text(TTL_HEADER_CONFIG, null, ValueRule.text(), Importance.LOW, "TTL header")
                .doc("Name of the Kafka header with the TTL of a record: milliseconds, or never. " + TTL_CONFIG
                        + " applies to records without this header.")
                .recommended(TOMBSTONES_CONFIG, null, policy, policies, Importance.MEDIUM, "Tombstones")
                .doc("Handling of records with a null value. publish (default of streams): an empty message with the "
                        + "header Kafka-Tombstone: true. skip: no message. reject: the record is reported as an errant "
                        + "record. delete (default of buckets): the key is deleted. purge: the key and its history are "
                        + "deleted. publish requires target=stream, delete and purge require target=kv.");
    }

    static void check(ValidationContext context) {
        context.refuseUnless(ID_CONFIG, COORDINATES, List.of(ID_PREFIX_CONFIG));
    }

    /** Whether messages have ids that the stream remembers for its duplicate window. */
    public boolean identifies() {
        return !id.name().equalsIgnoreCase(NONE) && !identifiesBySubject();
    }

    /** Whether the subject of a message is its only id. */
    public boolean identifiesBySubject() {
        return id.builtIn() && id.name().equalsIgnoreCase(SUBJECT);
    }

    /** Whether any message may have a TTL, which the stream must allow. */
    public boolean usesTtl() {
        return ttl != null || ttlHeader != null;
    }

    static MessageSettings from(AbstractConfig config, Map<String, String> props) {
        String tombstones = config.getString(TOMBSTONES_CONFIG);
        TombstonePolicy byTarget =
                BucketSettings.bucket(config) == null ? TombstonePolicy.PUBLISH : TombstonePolicy.DELETE;
        return new MessageSettings(
                Objects.requireNonNull(ID.from(config, props)),
                config.getString(ID_PREFIX_CONFIG),
                KeyGroup.durationOrNull(config, TTL_CONFIG),
                config.getString(TTL_HEADER_CONFIG),
                tombstones == null ? byTarget : EnumValues.parse(TombstonePolicy.class, tombstones));
    }
}
