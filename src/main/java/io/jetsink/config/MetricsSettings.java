package io.jetsink.config;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;

/**
 * The metrics that a task shows in addition to those that it always shows.
 *
 * @param latency percentiles, thresholds and means of latencies
 * @param partitions offsets and unsettled records of each partition
 */
public record MetricsSettings(boolean latency, boolean partitions) {
    public static final String LATENCY_CONFIG = "metrics.latency";
    public static final String PARTITIONS_CONFIG = "metrics.partitions";

    static void define(ConfigDef def) {
        new KeyGroup(def, "Metrics")
                .flag(LATENCY_CONFIG, true, Importance.LOW, "Latency metrics")
                .doc(
                        "Whether each task has metrics of latencies: means, thresholds and percentiles. They are 16 of about 80"
                                + " metrics of a task.")
                .flag(PARTITIONS_CONFIG, Importance.LOW, "Partition metrics")
                .doc("Whether each task has metrics of its partitions: the last acked offset and the number of unacked"
                        + " records, for at most 100 partitions of each task.");
    }

    static MetricsSettings from(AbstractConfig config) {
        return new MetricsSettings(config.getBoolean(LATENCY_CONFIG), config.getBoolean(PARTITIONS_CONFIG));
    }
}
