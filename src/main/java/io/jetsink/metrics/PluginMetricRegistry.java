package io.jetsink.metrics;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.metrics.Gauge;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/**
 * Registers metrics with the worker (KIP-877, Connect 4.1 and later), which adds the tags {@code connector} and
 * {@code task}. No other class mentions types of it: older workers do not have them, and load this class never.
 *
 * <p>Metrics are gauges over the task's own counters. A sensor of {@code PluginMetrics} has a name that all tasks of a worker
 * share, and a lock (Connect 4.1 to 4.4).
 */
final class PluginMetricRegistry implements MetricRegistry {
    private final PluginMetrics metrics;
    private final Map<MetricSet, Map<Metric, MetricName>> registered = new HashMap<>();

    private PluginMetricRegistry(PluginMetrics metrics) {
        this.metrics = metrics;
    }

    /**
     * Returns the registry of a task's worker, or null if the worker has none.
     *
     * @throws LinkageError if the worker is older
     */
    static @Nullable MetricRegistry of(SinkTaskContext context) {
        PluginMetrics metrics = context.pluginMetrics();
        return metrics == null ? null : new PluginMetricRegistry(metrics);
    }

    @Override
    public boolean add(MetricSet set) {
        Map<Metric, MetricName> names = registered.computeIfAbsent(set, any -> new HashMap<>());
        set.values().forEach((metric, value) -> {
            if (!names.containsKey(metric)) {
                MetricName name =
                        metrics.metricName(metric.id(), metric.description(), new LinkedHashMap<>(set.tags()));
                if (isAdded(name, value)) {
                    names.put(metric, name);
                }
            }
        });
        return names.size() == set.values().size();
    }

    private boolean isAdded(MetricName name, Supplier<Number> value) {
        try {
            metrics.addMetric(name, (Gauge<Number>) (config, now) -> value.get());
            return true;
        } catch (IllegalArgumentException taken) {
            // The exception has no other cause here, and no type of its own.
            return false;
        }
    }

    @Override
    public void remove(MetricSet set) {
        Map<Metric, MetricName> names = registered.remove(set);
        if (names != null) {
            names.values().forEach(metrics::removeMetric);
        }
    }
}
