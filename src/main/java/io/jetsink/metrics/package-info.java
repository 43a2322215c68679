/**
 * Counts what a task does, and shows it over JMX.
 *
 * <p>{@link io.jetsink.metrics.TaskMetrics} holds all counters of a task. The other packages count through it and its parts:
 * {@code AckMetrics} (acked messages and their latencies), {@code TimeSplit}, {@code LinkMetrics} (connections) and {@code
 * PartitionMetrics}. They always count. {@code TaskMetric}, {@code ReasonMetric} and {@code PartitionMetric} name what is
 * counted; {@code src/docs/metrics.md} is generated from them.
 *
 * <p>{@link io.jetsink.metrics.MetricRegistration} registers the metrics, with the worker ({@code PluginMetricRegistry}) or,
 * where a worker has no plugin metrics, as MBeans of the same names ({@code MBeanRegistry}).
 *
 * <p>{@code RecentLatency} keeps a cumulative {@code LatencyHistogram} and copies of it, so that one addition for each run of
 * equal latencies yields the mean, the counters over a threshold and the percentiles of the last minute (ADR 0034).
 *
 * <p><b>Threads.</b> The task thread counts and registers; {@code LinkMetrics} counts on any thread. Readers of metrics are
 * threads of collectors, which never wait for the task.
 */
@NullMarked
package io.jetsink.metrics;

import org.jspecify.annotations.NullMarked;
