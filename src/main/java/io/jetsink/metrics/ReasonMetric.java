package io.jetsink.metrics;

import java.util.List;
import java.util.function.Function;

/** The counters of a task that have a code of the error catalogue as a tag. */
enum ReasonMetric implements Metric {
    SKIPPED("nats-skipped-total", "records", "Records that needed no message.", TaskMetrics::skipped),
    REJECTED(
            "nats-rejected-total",
            "records",
            "Records that can never be stored, and that the task has passed to Connect's error handling.",
            TaskMetrics::rejected),
    RETRIES(
            "nats-retries-total",
            "attempts",
            "Attempts that have failed: connections that could not be opened, and epochs that were lost or given up. The task"
                    + " then connects again and publishes the unsettled records again.",
            m -> m.link().retries());

    private static final String REASON = "reason";

    private final String id;
    private final String unit;
    private final String description;
    private final Function<TaskMetrics, ReasonCounts> counts;

    ReasonMetric(String id, String unit, String description, Function<TaskMetrics, ReasonCounts> counts) {
        this.id = id;
        this.unit = unit;
        this.description = description;
        this.counts = counts;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public Part part() {
        return Part.ALWAYS;
    }

    @Override
    public List<String> tags() {
        return List.of(REASON);
    }

    @Override
    public String unit() {
        return unit;
    }

    @Override
    public String description() {
        return description;
    }

    ReasonCounts counts(TaskMetrics metrics) {
        return counts.apply(metrics);
    }
}
