package io.jetsink.config;

import java.util.List;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * The form of CloudEvents.
 *
 * @param source null: follows from the topic of the record
 */
public record CloudEventSettings(Mode mode, @Nullable String source, String type) {
    public static final String MODE_CONFIG = "payload.encoder.cloudevents.mode";
    public static final String SOURCE_CONFIG = "payload.encoder.cloudevents.source";
    public static final String TYPE_CONFIG = "payload.encoder.cloudevents.type";

    static final List<String> KEYS = List.of(MODE_CONFIG, SOURCE_CONFIG, TYPE_CONFIG);

    /** The place of the attributes of an event ({@value #MODE_CONFIG}). */
    public enum Mode {
        BINARY,
        STRUCTURED
    }

    static void define(KeyGroup group) {
        group.choice(MODE_CONFIG, Mode.BINARY, Importance.LOW, "CloudEvents mode")
                .doc("For payload.encoder=cloudevents. binary: attributes are ce- headers, and the payload is the "
                        + "data. structured: attributes and data are one JSON document.")
                .text(SOURCE_CONFIG, null, NatsNames.headerValue(), Importance.LOW, "CloudEvents source")
                .doc("Attribute source of records that are not CloudEvents yet. If not set: /kafka/ and the topic.")
                .text(TYPE_CONFIG, "kafka.record", NatsNames.headerValue(), Importance.LOW, "CloudEvents type")
                .doc("Attribute type of records that are not CloudEvents yet.");
    }

    static CloudEventSettings from(AbstractConfig config) {
        return new CloudEventSettings(
                EnumValues.parse(Mode.class, config.getString(MODE_CONFIG)),
                config.getString(SOURCE_CONFIG),
                config.getString(TYPE_CONFIG));
    }
}
