package io.jetsink.config;

import io.jetsink.spi.PayloadEncoder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.connect.storage.Converter;
import org.jspecify.annotations.Nullable;

/**
 * The payload of messages.
 *
 * @param converter null unless the encoder is {@code converter}
 */
public record PayloadSettings(
        PluginSettings encoder,
        DecimalFormat decimals,
        DateFormat dates,
        @Nullable PluginSettings converter,
        CloudEventSettings cloudEvents) {

    public static final String ENCODER_CONFIG = "payload.encoder";
    public static final String DECIMAL_FORMAT_CONFIG = "payload.encoder.decimal.format";
    public static final String DATE_FORMAT_CONFIG = "payload.encoder.date.format";
    public static final String CONVERTER_CONFIG = "payload.converter";
    static final String CONVERTER_PREFIX = CONVERTER_CONFIG + ".";

    /** The built-in encoders. */
    public static final String AUTO = "auto";

    public static final String RAW = "raw";
    public static final String JSON = "json";
    public static final String CONVERTER = "converter";
    public static final String CLOUDEVENTS = "cloudevents";

    static final PluginKey ENCODER =
            new PluginKey(ENCODER_CONFIG, PayloadEncoder.class, AUTO, RAW, JSON, CONVERTER, CLOUDEVENTS);
    private static final PluginKey CONVERTER_KEY = new PluginKey(CONVERTER_CONFIG, Converter.class);

    /** The format of decimals in JSON ({@value #DECIMAL_FORMAT_CONFIG}). */
    public enum DecimalFormat {
        NUMBER,
        STRING,
        /** The default of Connect's JsonConverter. */
        BASE64
    }

    /** The format of dates, times and timestamps in JSON ({@value #DATE_FORMAT_CONFIG}). */
    public enum DateFormat {
        /** ISO 8601. */
        ISO,
        EPOCH
    }

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

    static void define(ConfigDef def) {
        KeyGroup group = new KeyGroup(def, "Payload");
        ENCODER.define(group, AUTO, Importance.MEDIUM, "Payload encoder")
                .doc("Encoder of the record's value. auto: bytes and strings unchanged, other values as JSON. raw: "
                        + "bytes and strings unchanged, records with other values are rejected. json: all values as JSON. "
                        + "converter: by the Connect converter in " + CONVERTER_CONFIG
                        + ". cloudevents: as CloudEvents. "
                        + "Any other value is the name of a class that implements io.jetsink.spi.PayloadEncoder.");
        group.choice(DECIMAL_FORMAT_CONFIG, DecimalFormat.NUMBER, Importance.LOW, "Decimals")
                .doc("Format of decimals in JSON. number: a number with all digits. string: a string with the same "
                        + "digits. base64: the unscaled value in base64.")
                .choice(DATE_FORMAT_CONFIG, DateFormat.ISO, Importance.LOW, "Dates")
                .doc("Format of dates, times and timestamps in JSON. iso: text in UTC. epoch: days or milliseconds "
                        + "since 1970 or midnight.");
        CONVERTER_KEY
                .define(group, null, Importance.LOW, "Payload converter")
                .doc("Class of the Connect converter that encodes the payload. Required with " + ENCODER_CONFIG
                        + "=converter. Keys that begin with " + CONVERTER_PREFIX + " are settings of the converter.");
        CloudEventSettings.define(group);
    }

    static void check(ValidationContext context) {
        context.require(CONVERTER_CONFIG, ENCODER_CONFIG, CONVERTER);
        context.refuseUnless(ENCODER_CONFIG, CONVERTER, List.of(CONVERTER_CONFIG));
        context.refuseUnless(ENCODER_CONFIG, CLOUDEVENTS, CloudEventSettings.KEYS);
    }

    static boolean usesConverter(Map<String, String> props) {
        String encoder = props.get(ENCODER_CONFIG);
        return encoder != null && encoder.trim().equalsIgnoreCase(CONVERTER);
    }

    static PayloadSettings from(AbstractConfig config, Map<String, String> props) {
        PluginSettings encoder = Objects.requireNonNull(ENCODER.from(config, props));
        Map<String, String> own = new HashMap<>(encoder.own());
        // Keys of the connector are not settings of the class.
        own.keySet().removeIf(name -> config.values().containsKey(ENCODER_CONFIG + "." + name));
        return new PayloadSettings(
                new PluginSettings(encoder.key(), encoder.name(), encoder.builtIn(), Map.copyOf(own)),
                EnumValues.parse(DecimalFormat.class, config.getString(DECIMAL_FORMAT_CONFIG)),
                EnumValues.parse(DateFormat.class, config.getString(DATE_FORMAT_CONFIG)),
                usesConverter(props) ? CONVERTER_KEY.from(config, props) : null,
                CloudEventSettings.from(config));
    }
}
