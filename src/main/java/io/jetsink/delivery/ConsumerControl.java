package io.jetsink.delivery;

import io.jetsink.publish.AssignedPartition;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Pauses the consumer while the task has records that it cannot send, resumes it afterwards, and seeks. Connect keeps calling
 * {@code put} without records while the consumer is paused, so an outage costs no heap, no rebalance and no failed task.
 * Confined to the task thread.
 */
final class ConsumerControl {
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
