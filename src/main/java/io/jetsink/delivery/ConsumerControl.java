package io.jetsink.delivery;

import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.jspecify.annotations.Nullable;

/**
 * Pauses the consumer while the task has records that it cannot send, resumes it afterwards, and seeks. Connect keeps calling
 * {@code put} without records while the consumer is paused, so an outage costs no heap, no rebalance and no failed task.
 * Confined to the task thread.
 */
final class ConsumerControl {
    private static final long SOON_MS = 1;
    private static final long LATER_MS = 50;
    private static final long DOWN_MS = 1_000;

    private final SinkTaskContext context;
    private final InFlightRing ring;
    private final Map<AssignedPartition, Long> seeks = new LinkedHashMap<>();
    private boolean paused;

    ConsumerControl(SinkTaskContext context, InFlightRing ring) {
        this.context = context;
        this.ring = ring;
    }

    boolean isPaused() {
        return paused;
    }

    /** Pauses or resumes. May be called in {@code put} only: elsewhere the context's assignment may be out of date. */
    void pauseIf(boolean recordsWait) {
        if (recordsWait != paused) {
            paused = recordsWait;
            pauseOrResume(context.assignment());
        }
    }

    /**
     * Pauses or resumes partitions that were opened. Connect pauses a partition again that was paused when it was closed, and
     * it calls {@code put} between the two halves of a rebalance, which may have resumed the other partitions.
     */
    void pauseOrResume(Collection<TopicPartition> partitions) {
        TopicPartition[] ids = partitions.toArray(TopicPartition[]::new);
        if (paused) {
            context.pause(ids);
        } else {
            context.resume(ids);
        }
    }

    /**
     * Requests the next call of Connect. Without a request, Connect calls an idle task only once in each commit interval,
     * which may be hours.
     *
     * @param open the publisher of the open epoch; null if there is none
     * @param last the publisher of the open or the last epoch
     * @param stalled whether no record is about to be settled
     */
    void requestNextCall(@Nullable Publisher open, @Nullable Publisher last, boolean stalled) {
        if (!ring.isEmpty()) {
            context.timeout(paused && open != null && !stalled ? SOON_MS : LATER_MS);
        } else if (last != null) {
            long due = last.dueNanos();
            if (due != Long.MAX_VALUE) {
                context.timeout(Math.max(due / 1_000_000, open != null ? LATER_MS : DOWN_MS));
            }
        }
    }

    /** Requests a call of Connect soon. */
    void requestCall() {
        context.timeout(LATER_MS);
    }

    /** Requests a seek for the next {@code put}: a seek within a rebalance could hit a partition that is gone. */
    void seek(AssignedPartition partition, long offset) {
        seeks.put(partition, offset);
    }

    boolean hasSeeks() {
        return !seeks.isEmpty();
    }

    /** Drops the admitted records of each partition and has Connect deliver them again. May be called in {@code put} only. */
    void applySeeks() {
        seeks.forEach((partition, offset) -> {
            if (!partition.abandoned()) {
                ring.drop(partition);
                partition.dropped();
                context.offset(partition.id(), offset);
            }
        });
        seeks.clear();
    }
}
