package io.jetsink.support;

import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.awaitility.Awaitility;

/** The context of a task that a test plays the worker for: one flag for all pauses, and a refusal of what no task needs. */
public abstract class WorkerContext implements SinkTaskContext {
    private final Metrics metrics = new Metrics();
    protected boolean paused;

    /** Calls {@code poll} until the condition holds, on the thread of the caller, which is the task's. */
    protected static void until(String what, Duration atMost, Runnable poll, BooleanSupplier condition) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(atMost)
                .until(() -> {
                    poll.run();
                    return condition.getAsBoolean();
                });
    }

    /** Returns the value of a metric of the task that has no tags. */
    public final Number metric(String name) {
        return metric(name, Map.of());
    }

    /** Returns the value of a counter of the task with this reason. */
    public final Number metric(String name, String reason) {
        return metric(name, Map.of("reason", reason));
    }

    private Number metric(String name, Map<String, String> tags) {
        return (Number) metrics.metrics()
                .get(metrics.metricName(name, "plugins", "", tags))
                .metricValue();
    }

    @Override
    public void pause(TopicPartition... partitions) {
        paused = true;
    }

    @Override
    public void resume(TopicPartition... partitions) {
        paused = false;
    }

    @Override
    public void timeout(long timeoutMs) {
        if (timeoutMs <= 0) {
            throw new AssertionError("a poll cannot last " + timeoutMs + " ms");
        }
    }

    @Override
    public Map<String, String> configs() {
        throw refused();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        throw refused();
    }

    @Override
    public void requestCommit() {
        throw refused();
    }

    /** Returns a registry of this task's own, without JMX. */
    @Override
    public PluginMetrics pluginMetrics() {
        return new PluginMetricsImpl(metrics, Map.of());
    }

    private static AssertionError refused() {
        return new AssertionError("a task does not call this method");
    }
}
