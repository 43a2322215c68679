package io.jetsink.metrics;

import io.jetsink.message.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers the metrics of a task from its start to its end. No method throws because of metrics: a task runs without them if
 * they cannot be registered.
 *
 * <p>A name may be taken: an earlier run of the same task that Connect has given up ends only when its thread does. The
 * registration is repeated at each commit until it succeeds.
 *
 * <p>Task thread only.
 */
public final class MetricRegistration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricRegistration.class);

    private final String name;
    private final MetricRegistry registry;
    private final PartitionMetrics partitions;
    private final Set<MetricSet> present = new LinkedHashSet<>();
    private final Set<MetricSet> pending = new LinkedHashSet<>();
    private boolean logged;

    MetricRegistration(String name, MetricRegistry registry, TaskMetrics metrics) {
        this.name = name;
        this.registry = registry;
        this.partitions = metrics.partitions();
        sets(metrics).forEach(this::add);
    }

    /**
     * Registers the metrics of a task: with the worker if it has plugin metrics (Connect 4.1 and later), otherwise as MBeans.
     *
     * @param name name of the task in log lines
     * @param task number of the task
     */
    public static MetricRegistration of(
            String name, SinkTaskContext context, String connector, String task, TaskMetrics metrics) {
        MetricRegistry workers = ofWorker(context);
        return new MetricRegistration(name, workers == null ? new MBeanRegistry(connector, task) : workers, metrics);
    }

    private static @Nullable MetricRegistry ofWorker(SinkTaskContext context) {
        try {
            return PluginMetricRegistry.of(context);
        } catch (NoSuchMethodError | AbstractMethodError | NoClassDefFoundError older) {
            LOG.debug("the worker has no plugin metrics", older);
            return null;
        }
    }

    /** Returns the sets that a task has from its start to its end. */
    private static List<MetricSet> sets(TaskMetrics metrics) {
        Map<Metric, Supplier<Number>> ofTask = new LinkedHashMap<>();
        for (TaskMetric metric : TaskMetric.values()) {
            if (metrics.has(metric.part())) {
                ofTask.put(metric, () -> metric.value(metrics));
            }
        }
        List<MetricSet> sets = new ArrayList<>();
        sets.add(new MetricSet(Map.of(), ofTask));
        for (ReasonMetric metric : ReasonMetric.values()) {
            ReasonCounts counts = metric.counts(metrics);
            for (ErrorCode reason : counts.reasons()) {
                sets.add(new MetricSet(
                        Map.of(metric.tags().get(0), reason.id()), Map.of(metric, () -> counts.get(reason))));
            }
        }
        return sets;
    }

    /** Registers the metrics of partitions, if they are enabled. */
    public void open(Collection<TopicPartition> opened) {
        partitions.open(opened, this::add);
    }

    /** Removes the metrics of partitions. */
    public void close(Collection<TopicPartition> closed) {
        partitions.close(closed, this::remove, this::add);
    }

    /** Registers what could not be registered before. */
    public void retry() {
        for (MetricSet set : List.copyOf(pending)) {
            add(set);
        }
        if (logged && pending.isEmpty()) {
            logged = false;
            LOG.info("{}: all metrics are registered now", name);
        }
    }

    private void add(MetricSet set) {
        present.add(set);
        try {
            if (registry.add(set)) {
                pending.remove(set);
                return;
            }
            pending.add(set);
            warn(
                    "their names belong to another task of this name, presumably an earlier run that has not ended yet",
                    null);
        } catch (RuntimeException e) {
            pending.add(set);
            warn(String.valueOf(e.getMessage()), e);
        }
    }

    private void warn(String why, @Nullable RuntimeException cause) {
        if (!logged) {
            logged = true;
            LOG.warn(
                    "{} {}: metrics of the task are not registered ({}); the task works without them and tries again at each"
                            + " commit",
                    ErrorCode.METRICS_MISSING,
                    name,
                    why,
                    cause);
        }
    }

    private void remove(MetricSet set) {
        present.remove(set);
        pending.remove(set);
        try {
            registry.remove(set);
        } catch (RuntimeException e) {
            LOG.debug("{}: metrics were not removed", name, e);
        }
    }

    /** Removes all metrics of the task. */
    @Override
    public void close() {
        new ArrayList<>(present).forEach(this::remove);
    }
}
