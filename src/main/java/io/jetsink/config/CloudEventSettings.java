package io.jetsink.config;

import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * How records become CloudEvents.
 *
 * @param mode {@code payload.encoder.cloudevents.mode}
 * @param source {@code payload.encoder.cloudevents.source}, null: by the record's topic
 * @param type {@code payload.encoder.cloudevents.type}
 */
public record CloudEventSettings(Mode mode, @Nullable String source, String type) {
    public static final String MODE_CONFIG = "payload.encoder.cloudevents.mode";
    public static final String SOURCE_CONFIG = "payload.encoder.cloudevents.source";
    public static final String TYPE_CONFIG = "payload.encoder.cloudevents.type";

    static final List<String> KEYS = List.of(MODE_CONFIG, SOURCE_CONFIG, TYPE_CONFIG);

    private static final EnumValues<Mode> MODES = new EnumValues<>(Mode.class);

    /** Where the attributes of an event are. */
    public enum Mode {
        /** In headers; the payload is the data. */
        BINARY,
        /** With the data in one JSON document. */
        STRUCTURED
    }

    static void define(KeyGroup group) {
        group.choice(
                        MODE_CONFIG,
                        MODES,
                        Mode.BINARY,
                        Importance.LOW,
                        "CloudEvents mode",
                        "For payload.encoder=cloudevents: binary, attributes as ce- headers and the payload as data; or "
                                + "structured, everything in one JSON document.")
                .text(
                        SOURCE_CONFIG,
                        null,
                        NatsNames.headerValue(),
                        Importance.LOW,
                        "CloudEvents source",
                        "Attribute source of records that are no CloudEvents yet. Without it: /kafka/ and the topic.")
                .text(
                        TYPE_CONFIG,
                        "kafka.record",
                        NatsNames.headerValue(),
                        Importance.LOW,
                        "CloudEvents type",
                        "Attribute type of records that are no CloudEvents yet.");
    }

    static CloudEventSettings from(AbstractConfig config) {
        return new CloudEventSettings(
                MODES.parse(config.getString(MODE_CONFIG)),
                config.getString(SOURCE_CONFIG),
                config.getString(TYPE_CONFIG));
    }
}
