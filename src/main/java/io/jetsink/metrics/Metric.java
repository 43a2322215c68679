package io.jetsink.metrics;

import java.util.List;

/** A metric as collectors see it. Its name and tags never change their meaning. */
public interface Metric {
    /** How collectors have to type a metric. */
    enum Kind {
        COUNTER,
        GAUGE
    }

    /** The configuration key that has to be true for a metric to be registered. */
    enum Part {
        ALWAYS(""),
        LATENCY("metrics.latency"),
        PARTITIONS("metrics.partitions");

        private final String key;

        Part(String key) {
            this.key = key;
        }

        /** Returns the key; empty: the metric is always registered. */
        public String key() {
            return key;
        }
    }

    /** Returns the name of the attribute, such as {@code nats-records-total}. The name of a counter ends with {@code -total}. */
    String id();

    default Kind kind() {
        return id().endsWith("-total") ? Kind.COUNTER : Kind.GAUGE;
    }

    Part part();

    /** Returns the names of the tags after {@code connector} and {@code task}. */
    List<String> tags();

    /** Returns the unit, in the plural; empty: none. */
    String unit();

    String description();
}
