package io.jetsink.metrics;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Metrics of the task's partitions ({@code metrics.partitions}), of a limited number of them. Task thread only, except the
 * reads.
 */
public final class PartitionMetrics {
    /** The number of partitions with metrics of their own. */
    static final int MOST = 100;

    private static final long INTERVAL = Duration.ofSeconds(1).toNanos();

    private record Shown(PartitionValues values, MetricSet set) {}

    private final boolean enabled;
    private final Set<TopicPartition> open = new LinkedHashSet<>();
    private final Map<TopicPartition, Shown> shown = new HashMap<>();
    private final Count notShown = new Count();
    private @Nullable Long updatedAt;

    PartitionMetrics(boolean enabled) {
        this.enabled = enabled;
    }

    /**
     * Returns whether values are due: once a second, and never if this is disabled.
     *
     * @param clock nanoseconds that only go forward
     */
    public boolean areDue(LongSupplier clock) {
        if (!enabled) {
            return false;
        }
        long now = clock.getAsLong();
        Long before = updatedAt;
        if (before != null && now - before < INTERVAL) {
            return false;
        }
        updatedAt = now;
        return true;
    }

    /**
     * Shows the values of a partition.
     *
     * @param lastSettled offset up to which every record is settled; -1 if none is
     * @param unsettled number of records that are not settled
     */
    public void show(TopicPartition partition, long lastSettled, long unsettled) {
        Shown of = shown.get(partition);
        if (of != null) {
            of.values.show(lastSettled, unsettled);
        }
    }

    boolean isEnabled() {
        return enabled;
    }

    long notShown() {
        return notShown.get();
    }

    /** @param add registers the metrics of a partition */
    void open(Collection<TopicPartition> partitions, Consumer<MetricSet> add) {
        if (enabled) {
            open.addAll(partitions);
            fill(add);
        }
    }

    /**
     * @param remove removes the metrics of a partition
     * @param add registers those of another one in its place
     */
    void close(Collection<TopicPartition> partitions, Consumer<MetricSet> remove, Consumer<MetricSet> add) {
        open.removeAll(partitions);
        for (TopicPartition partition : partitions) {
            Shown of = shown.remove(partition);
            if (of != null) {
                remove.accept(of.set);
            }
        }
        fill(add);
    }

    private void fill(Consumer<MetricSet> add) {
        for (TopicPartition partition : open) {
            if (shown.size() < MOST && !shown.containsKey(partition)) {
                PartitionValues values = new PartitionValues();
                Shown of = new Shown(values, set(partition, values));
                shown.put(partition, of);
                add.accept(of.set);
            }
        }
        notShown.set(open.size() - (long) shown.size());
    }

    private static MetricSet set(TopicPartition partition, PartitionValues values) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put("topic", partition.topic());
        tags.put("partition", Integer.toString(partition.partition()));
        Map<Metric, Supplier<Number>> suppliers = new LinkedHashMap<>();
        for (PartitionMetric metric : PartitionMetric.values()) {
            suppliers.put(metric, () -> metric.value(values));
        }
        return new MetricSet(tags, suppliers);
    }
}
