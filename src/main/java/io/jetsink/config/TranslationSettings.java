package io.jetsink.config;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/**
 * How a record becomes a message.
 *
 * @param subject {@code subject}: the template's text
 * @param payload {@code payload.encoder}
 * @param tombstones {@code tombstones}
 */
public record TranslationSettings(String subject, PayloadFormat payload, Tombstones tombstones) {

    public static final String SUBJECT_CONFIG = "subject";
    public static final String PAYLOAD_ENCODER_CONFIG = "payload.encoder";
    public static final String TOMBSTONES_CONFIG = "tombstones";

    private static final Choice<PayloadFormat> FORMATS = new Choice<>(PayloadFormat.class);
    private static final Choice<Tombstones> TOMBSTONES = new Choice<>(Tombstones.class);

    static void define(ConfigDef def) {
        new KeyGroup(def, "Messages")
                .text(
                        SUBJECT_CONFIG,
                        "${topic}",
                        Rule.text(),
                        Importance.HIGH,
                        "Subject",
                        "Template of the subject: text with ${topic}, ${partition}, ${key}, ${key.field.path}, "
                                + "${value.field.path}, ${header.name} and ${timestamp:yyyy.MM.dd}, each with an "
                                + "optional default as in ${key:-none}.")
                .choice(
                        PAYLOAD_ENCODER_CONFIG,
                        FORMATS,
                        PayloadFormat.AUTO,
                        Importance.MEDIUM,
                        "Payload encoder",
                        "How the record's value becomes the message's body. auto: bytes and strings as they are, "
                                + "anything with structure as JSON. raw: bytes and strings as they are, anything else "
                                + "is refused. json: everything as JSON.")
                .choice(
                        TOMBSTONES_CONFIG,
                        TOMBSTONES,
                        Tombstones.PUBLISH,
                        Importance.MEDIUM,
                        "Tombstones",
                        "What becomes of a record with a null value. publish: an empty message with the header "
                                + "Kafka-Tombstone: true. skip: nothing. reject: the record goes Connect's way of "
                                + "errant records.");
    }

    static TranslationSettings from(AbstractConfig config) {
        return new TranslationSettings(
                config.getString(SUBJECT_CONFIG),
                FORMATS.parse(config.getString(PAYLOAD_ENCODER_CONFIG)),
                TOMBSTONES.parse(config.getString(TOMBSTONES_CONFIG)));
    }
}
