package io.jetsink.delivery;

import io.jetsink.metrics.TaskMetrics;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notes the beginning and the end of each call of Connect, logs pauses, and shows the state of the pipeline in the metrics of the task.
 * Confined to the task thread.
 */
final class Gauges {
    private final TaskMetrics metrics;
    private final AckTimer timer;
    private final InFlightRing ring;
    private final Assignment partitions;
    private final ConsumerControl consumer;
    private final LongSupplier clock;
    private final PauseLog pauses;

    Gauges(
            String name,
            TaskMetrics metrics,
            AckTimer timer,
            InFlightRing ring,
            Assignment partitions,
            ConsumerControl consumer,
            LongSupplier clock) {
        this.metrics = metrics;
        this.timer = timer;
        this.ring = ring;
        this.partitions = partitions;
        this.consumer = consumer;
        this.clock = clock;
        this.pauses = new PauseLog(name, clock);
    }

    void enter() {
        metrics.time().enter();
        timer.enter();
    }

    /** Notes that the stream has answered for a message. */
    void progress() {
        pauses.progress();
    }

    /** @param open the publisher of the open epoch; null if there is none */
    void leave(@Nullable Publisher open, boolean stalled) {
        timer.leave();
        pauses.note(consumer.isPaused(), open == null || stalled);
        show(open, stalled);
        metrics.time().leave();
    }

    private void show(@Nullable Publisher open, boolean stalled) {
        metrics.unsettled(ring.inFlight(), ring.bytesInFlight(), ring.unsent(), ring.oldest());
        metrics.orphaned(ring.orphaned());
        metrics.fencings(partitions.fencings());
        metrics.state(stalled, consumer.isPaused() ? partitions.size() : 0, partitions.fenced());
        metrics.window(open == null ? 0 : open.window());
        if (open != null) {
            metrics.mode(open.mode().number());
        }
        if (metrics.partitions().areDue(clock)) {
            showPartitions();
        }
    }

    private void showPartitions() {
        Map<AssignedPartition, Long> lowest = ring.lowestUnsettled();
        Map<AssignedPartition, Long> unsettled = ring.unsettledRecords();
        for (AssignedPartition partition : partitions.all()) {
            Long first = lowest.get(partition);
            metrics.partitions()
                    .show(
                            partition.id(),
                            first == null ? partition.last() : first - 1,
                            unsettled.getOrDefault(partition, 0L));
        }
    }
}
