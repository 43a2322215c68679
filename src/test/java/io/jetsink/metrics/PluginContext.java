package io.jetsink.metrics;

import io.jetsink.support.WorkerContext;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.PluginMetrics;

/** The context of a task on a worker with plugin metrics. */
final class PluginContext extends WorkerContext {
    private final PluginMetrics metrics;

    PluginContext(PluginMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public PluginMetrics pluginMetrics() {
        return metrics;
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
