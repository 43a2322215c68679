package io.jetsink.metrics;

import java.util.List;
import java.util.stream.Stream;

/** All metrics of a task, for the documentation and for what is derived from it. */
public final class MetricCatalogue {
    private MetricCatalogue() {}

    public static List<Metric> all() {
        return Stream.<Metric[]>of(TaskMetric.values(), ReasonMetric.values(), PartitionMetric.values())
                .flatMap(Stream::of)
                .toList();
    }
}
