package io.jetsink.config;

import io.jetsink.spi.HeaderMapper;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/**
 * Which headers a record's message has.
 *
 * @param mapper {@code header.mapper}
 * @param include {@code headers.include}: patterns of the Kafka headers that travel
 * @param exclude {@code headers.exclude}: patterns of those that do not
 * @param coordinates {@code headers.coordinates}
 * @param key {@code headers.key}: the header that carries the record's key, null: none
 * @param schema {@code headers.schema}
 * @param trace {@code headers.trace}
 * @param origin {@code headers.origin}, null: none
 */
public record HeaderSettings(
        PluginSettings mapper,
        List<String> include,
        List<String> exclude,
        boolean coordinates,
        @Nullable String key,
        boolean schema,
        boolean trace,
        @Nullable String origin) {

    public static final String MAPPER_CONFIG = "header.mapper";
    public static final String INCLUDE_CONFIG = "headers.include";
    public static final String EXCLUDE_CONFIG = "headers.exclude";
    public static final String COORDINATES_CONFIG = "headers.coordinates";
    public static final String KEY_CONFIG = "headers.key";
    public static final String SCHEMA_CONFIG = "headers.schema";
    public static final String TRACE_CONFIG = "headers.trace";
    public static final String ORIGIN_CONFIG = "headers.origin";

    /** The built-in mapper. */
    public static final String STANDARD = "standard";

    static final PluginKey MAPPER = new PluginKey(MAPPER_CONFIG, HeaderMapper.class, STANDARD);

    static void define(ConfigDef def) {
        KeyGroup group = new KeyGroup(def, "Headers")
                .add(
                        INCLUDE_CONFIG,
                        Type.LIST,
                        "",
                        NatsNames.headerPatterns(),
                        Importance.MEDIUM,
                        Width.LONG,
                        "Headers to include",
                        "Which Kafka headers travel: a comma separated list of names, in which * stands for any "
                                + "characters. None by default. Names that are commands to NATS (Nats-*, Status, "
                                + "Description, KV-Operation) never travel.")
                .add(
                        EXCLUDE_CONFIG,
                        Type.LIST,
                        "",
                        NatsNames.headerPatterns(),
                        Importance.LOW,
                        Width.LONG,
                        "Headers to exclude",
                        "Which of them do not, all the same.")
                .flag(
                        COORDINATES_CONFIG,
                        false,
                        Importance.LOW,
                        "Coordinates",
                        "Adds Kafka-Topic, Kafka-Partition, Kafka-Offset and Kafka-Timestamp: where the record was "
                                + "read from, and its time in milliseconds.")
                .text(
                        KEY_CONFIG,
                        null,
                        NatsNames.headerName(),
                        Importance.MEDIUM,
                        "Header of the key",
                        "Name of the header that carries the record's key, for example Kafka-Key.")
                .flag(
                        SCHEMA_CONFIG,
                        false,
                        Importance.LOW,
                        "Schema",
                        "Adds Kafka-Schema-Name and Kafka-Schema-Version of the value, if it has such.")
                .flag(
                        TRACE_CONFIG,
                        false,
                        Importance.MEDIUM,
                        "Trace context",
                        "Lets the W3C trace context travel: traceparent, tracestate and baggage.")
                .text(
                        ORIGIN_CONFIG,
                        null,
                        NatsNames.headerValue(),
                        Importance.LOW,
                        "Origin",
                        "Guard against loops of two-way bridges: messages get this value as header Jetsink-Origin, and "
                                + "records that bear it already are skipped.");
        MAPPER.define(
                group,
                STANDARD,
                Importance.LOW,
                "Header mapper",
                "What finds the headers: standard, or the name of a class of your own, which then stands in for the "
                        + "keys above but " + ORIGIN_CONFIG + ".");
    }

    static void check(ValidationContext findings) {
        if (findings.value(MAPPER_CONFIG) instanceof String mapper && !mapper.equalsIgnoreCase(STANDARD)) {
            for (String key : List.of(
                    INCLUDE_CONFIG, EXCLUDE_CONFIG, COORDINATES_CONFIG, KEY_CONFIG, SCHEMA_CONFIG, TRACE_CONFIG)) {
                if (findings.isGiven(key)) {
                    findings.refuse(key, key + " has no effect unless " + MAPPER_CONFIG + " is " + STANDARD);
                }
            }
        }
    }

    static HeaderSettings from(AbstractConfig config, Map<String, String> props) {
        return new HeaderSettings(
                Objects.requireNonNull(MAPPER.from(config, props)),
                List.copyOf(config.getList(INCLUDE_CONFIG)),
                List.copyOf(config.getList(EXCLUDE_CONFIG)),
                config.getBoolean(COORDINATES_CONFIG),
                config.getString(KEY_CONFIG),
                config.getBoolean(SCHEMA_CONFIG),
                config.getBoolean(TRACE_CONFIG),
                config.getString(ORIGIN_CONFIG));
    }
}
