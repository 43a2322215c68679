package io.jetsink.config;

import java.time.Duration;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * What only exactly-once needs.
 *
 * @param markerPrefix {@code exactly.once.marker.prefix}, without a trailing dot
 * @param linger {@code exactly.once.linger.ms}
 */
public record ExactlyOnceSettings(String markerPrefix, Duration linger) {
    public static final String MARKER_PREFIX_CONFIG = "exactly.once.marker.prefix";
    public static final String LINGER_CONFIG = "exactly.once.linger.ms";

    /** A stream that keeps messages for less would remove a marker before its owner writes it again. */
    public static final Duration MIN_AGE = Duration.ofMinutes(10);

    static void define(ConfigDef def) {
        new KeyGroup(def, "Exactly once")
                .text(
                        MARKER_PREFIX_CONFIG,
                        "jetsink.offsets",
                        NatsNames.subjectPrefix(false),
                        Importance.MEDIUM,
                        "Marker prefix",
                        "Subject prefix of the messages that hold Kafka offsets in the stream. It must lie within the "
                                + "stream's subjects, and must differ for connectors of one name on different Kafka "
                                + "clusters.")
                .number(
                        LINGER_CONFIG,
                        Type.LONG,
                        5,
                        ValueRule.wholeNumber(0, 1_000),
                        Importance.LOW,
                        "Linger",
                        "For how many milliseconds an atomic batch waits to fill under load.");
    }

    static ExactlyOnceSettings from(AbstractConfig config) {
        return new ExactlyOnceSettings(
                NatsNames.withoutTrailingDot(config.getString(MARKER_PREFIX_CONFIG)),
                Duration.ofMillis(config.getLong(LINGER_CONFIG)));
    }
}
