package io.jetsink.support;

import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;

/** The context of a task whose worker has these plugin metrics, or none. */
public final class PluginContext extends WorkerContext {
    private final Supplier<PluginMetrics> metrics;

    private PluginContext(Supplier<PluginMetrics> metrics) {
        this.metrics = metrics;
    }

    public static PluginContext with(PluginMetrics metrics) {
        return new PluginContext(() -> metrics);
    }

    /** A worker before Connect 4.1. */
    public static PluginContext without() {
        return new PluginContext(() -> {
            throw new NoSuchMethodError("pluginMetrics()");
        });
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return metrics.get();
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        throw new AssertionError("metrics do not seek");
    }

    @Override
    public Set<TopicPartition> assignment() {
        return Set.of();
    }
}
