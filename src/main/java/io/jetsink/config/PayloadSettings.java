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
 * What a message holds.
 *
 * @param encoder {@code payload.encoder}
 * @param decimals {@code payload.encoder.decimal.format}
 * @param dates {@code payload.encoder.date.format}
 * @param converter {@code payload.converter} with its keys, null unless the encoder is {@code converter}
 * @param cloudEvents for the encoder {@code cloudevents}
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

    private static final EnumValues<DecimalFormat> DECIMALS = new EnumValues<>(DecimalFormat.class);
    private static final EnumValues<DateFormat> DATES = new EnumValues<>(DateFormat.class);

    /** How decimal numbers are written in JSON. */
    public enum DecimalFormat {
        /** As a number with all its digits. */
        NUMBER,
        /** As a string of that number. */
        STRING,
        /** As the base64 of the unscaled value, as Connect's JsonConverter has it by default. */
        BASE64
    }

    /** How dates, times and timestamps are written in JSON. */
    public enum DateFormat {
        /** As text by ISO 8601, in UTC. */
        ISO,
        /** As a number: days, or milliseconds, since the epoch or midnight. */
        EPOCH
    }

    static void define(ConfigDef def) {
        KeyGroup group = new KeyGroup(def, "Payload");
        ENCODER.define(
                group,
                AUTO,
                Importance.MEDIUM,
                "Payload encoder",
                "How the record's value becomes the message's payload. auto: bytes and strings as they are, anything with "
                        + "structure as JSON. raw: bytes and strings as they are, anything else is refused. json: "
                        + "everything as JSON. converter: by the Connect converter " + CONVERTER_CONFIG
                        + ". cloudevents: "
                        + "as CloudEvents. Or the name of a class of your own.");
        group.choice(
                        DECIMAL_FORMAT_CONFIG,
                        DECIMALS,
                        DecimalFormat.NUMBER,
                        Importance.LOW,
                        "Decimals",
                        "How decimals are written in JSON: number, with all digits; string, of the same digits; base64, of "
                                + "the unscaled value.")
                .choice(
                        DATE_FORMAT_CONFIG,
                        DATES,
                        DateFormat.ISO,
                        Importance.LOW,
                        "Dates",
                        "How dates, times and timestamps are written in JSON: iso, as text in UTC; epoch, as days or "
                                + "milliseconds since 1970 or midnight.");
        CONVERTER_KEY.define(
                group,
                null,
                Importance.LOW,
                "Payload converter",
                "Class of the Connect converter that makes the payload, for " + ENCODER_CONFIG
                        + "=converter. Its own settings are keys under " + CONVERTER_PREFIX + ".");
        CloudEventSettings.define(group);
    }

    static void check(ValidationContext findings) {
        if (!(findings.value(ENCODER_CONFIG) instanceof String encoder)) {
            return;
        }
        if (encoder.equalsIgnoreCase(CONVERTER)) {
            if (!findings.isGiven(CONVERTER_CONFIG)) {
                findings.refuse(
                        CONVERTER_CONFIG, CONVERTER_CONFIG + " is missing: " + ENCODER_CONFIG + "=converter needs it");
            }
        } else {
            refuse(findings, List.of(CONVERTER_CONFIG), CONVERTER);
        }
        if (!encoder.equalsIgnoreCase(CLOUDEVENTS)) {
            refuse(findings, CloudEventSettings.KEYS, CLOUDEVENTS);
        }
    }

    private static void refuse(ValidationContext findings, List<String> keys, String encoder) {
        for (String key : keys) {
            if (findings.isGiven(key)) {
                findings.refuse(key, key + " has no effect unless " + ENCODER_CONFIG + " is " + encoder);
            }
        }
    }

    static boolean usesConverter(Map<String, String> props) {
        String encoder = props.get(ENCODER_CONFIG);
        return encoder != null && encoder.trim().equalsIgnoreCase(CONVERTER);
    }

    static PayloadSettings from(AbstractConfig config, Map<String, String> props) {
        PluginSettings encoder = Objects.requireNonNull(ENCODER.from(config, props));
        Map<String, String> own = new HashMap<>(encoder.own());
        // Ours are not the class's.
        own.keySet().removeIf(name -> config.values().containsKey(ENCODER_CONFIG + "." + name));
        return new PayloadSettings(
                new PluginSettings(encoder.key(), encoder.name(), encoder.builtIn(), Map.copyOf(own)),
                DECIMALS.parse(config.getString(DECIMAL_FORMAT_CONFIG)),
                DATES.parse(config.getString(DATE_FORMAT_CONFIG)),
                usesConverter(props) ? CONVERTER_KEY.from(config, props) : null,
                CloudEventSettings.from(config));
    }
}
