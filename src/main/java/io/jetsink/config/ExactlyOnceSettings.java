package io.jetsink.config;

import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/**
 * Settings of exactly-once only.
 *
 * @param markerPrefix without a trailing dot
 */
public record ExactlyOnceSettings(String markerPrefix, Duration linger) {
    public static final String MARKER_PREFIX_CONFIG = "exactly.once.marker.prefix";
    public static final String LINGER_CONFIG = "exactly.once.linger.ms";

    /** With a shorter time the stream would remove an offset marker before its owner writes it again. */
    public static final Duration MIN_AGE = Duration.ofMinutes(10);

    static void define(ConfigDef def) {
        ValueRule prefix = NatsNames.subjectPrefix(false);
        new KeyGroup(def, "Exactly once")
                .text(MARKER_PREFIX_CONFIG, "jetsink.offsets", prefix, Importance.MEDIUM, "Marker prefix")
                .doc("Subject prefix of the offset markers: messages that store Kafka offsets in the stream. The "
                        + "subjects of the stream must cover it. Connectors with the same name on different Kafka clusters "
                        + "need different prefixes.")
                .number(LINGER_CONFIG, 5, ValueRule.wholeNumber(0, 1_000), Importance.LOW, "Linger")
                .doc("Milliseconds that an atomic batch waits for more records under load.");
    }

    static ExactlyOnceSettings from(AbstractConfig config) {
        return new ExactlyOnceSettings(
                NatsNames.withoutTrailingDot(config.getString(MARKER_PREFIX_CONFIG)),
                Duration.ofMillis(config.getLong(LINGER_CONFIG)));
    }
}
