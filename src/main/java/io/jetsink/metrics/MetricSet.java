package io.jetsink.metrics;

import java.util.Map;
import java.util.function.Supplier;

/**
 * Metrics with the same tags: the attributes of one MBean.
 *
 * @param tags the tags after {@code connector} and {@code task}, in order
 * @param values the value of each metric, which any thread may read
 */
record MetricSet(Map<String, String> tags, Map<Metric, Supplier<Number>> values) {}
