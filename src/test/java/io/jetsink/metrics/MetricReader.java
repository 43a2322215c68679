package io.jetsink.metrics;

import io.jetsink.message.ErrorCode;
import java.util.Arrays;
import java.util.Set;

/** Reads metrics by their names, as a collector does. */
public final class MetricReader {
    private static final Set<String> ENDS =
            Set.of("nats-acked-total", "nats-skipped-total", "nats-rejected-total", "nats-orphaned-total");

    private MetricReader() {}

    /** Returns the value of a metric without tags. */
    public static Number value(TaskMetrics metrics, String id) {
        return Arrays.stream(TaskMetric.values())
                .filter(metric -> metric.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no metric " + id))
                .value(metrics);
    }

    /** Returns the value of a counter of this reason. */
    public static long value(TaskMetrics metrics, String id, ErrorCode reason) {
        return counts(metrics, id).get(reason);
    }

    /** Returns the sum of a counter over its reasons, or the counter itself. */
    public static long total(TaskMetrics metrics, String id) {
        return Arrays.stream(ReasonMetric.values())
                        .anyMatch(metric -> metric.id().equals(id))
                ? counts(metrics, id).total()
                : value(metrics, id).longValue();
    }

    /** Returns the number of records that have reached one of the ends of a record. */
    public static long ended(TaskMetrics metrics) {
        return ENDS.stream().mapToLong(id -> total(metrics, id)).sum();
    }

    private static ReasonCounts counts(TaskMetrics metrics, String id) {
        return Arrays.stream(ReasonMetric.values())
                .filter(metric -> metric.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no counter " + id + " with reasons"))
                .counts(metrics);
    }
}
