package io.jetsink.config;

import io.jetsink.spi.HeaderMapper;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * The headers of messages.
 *
 * @param include patterns of the Kafka headers to copy
 * @param exclude patterns of exceptions from {@code include}
 * @param key the header for the record's key, null: none
 * @param origin null: no loop guard
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
                .list(INCLUDE_CONFIG, "", NatsNames.headerPatterns(), Importance.MEDIUM, "Headers to include")
                .doc("Comma separated list of the Kafka headers to copy into messages. * in a name matches any "
                        + "characters. Empty by default: no header is copied. Headers that are commands to NATS (Nats-*, "
                        + "Status, Description, KV-Operation) are never copied.")
                .list(EXCLUDE_CONFIG, "", NatsNames.headerPatterns(), Importance.LOW, "Headers to exclude")
                .doc("Headers to exclude from those matched by " + INCLUDE_CONFIG + ".")
                .flag(COORDINATES_CONFIG, Importance.LOW, "Coordinates")
                .doc("Adds the headers Kafka-Topic, Kafka-Partition, Kafka-Offset and Kafka-Timestamp (in "
                        + "milliseconds) of the record.")
                .text(KEY_CONFIG, null, NatsNames.headerName(), Importance.MEDIUM, "Header of the key")
                .doc("Name of the header for the key of the record, for example Kafka-Key. If not set: no header.")
                .flag(SCHEMA_CONFIG, Importance.LOW, "Schema")
                .doc("Adds the headers Kafka-Schema-Name and Kafka-Schema-Version, if the schema of the value has a "
                        + "name or a version.")
                .flag(TRACE_CONFIG, Importance.MEDIUM, "Trace context")
                .doc("Copies the headers of the W3C trace context: traceparent, tracestate and baggage.")
                .text(ORIGIN_CONFIG, null, NatsNames.headerValue(), Importance.LOW, "Origin")
                .doc("Loop guard for bidirectional bridges. Messages get this value in the header Jetsink-Origin, and "
                        + "records that already have this value in that header are skipped.");
        MAPPER.define(group, STANDARD, Importance.LOW, "Header mapper")
                .doc("Header mapper: standard, or the name of a class that implements io.jetsink.spi.HeaderMapper. "
                        + "Such a class replaces the keys above, except " + ORIGIN_CONFIG + ".");
    }

    static void check(ValidationContext context) {
        context.refuseUnless(
                MAPPER_CONFIG,
                STANDARD,
                List.of(INCLUDE_CONFIG, EXCLUDE_CONFIG, COORDINATES_CONFIG, KEY_CONFIG, SCHEMA_CONFIG, TRACE_CONFIG));
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
