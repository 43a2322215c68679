package io.jetsink.delivery;

import java.util.Collection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Pauses the consumer while the task has records that it cannot send, and resumes the consumer afterwards. Connect keeps
 * calling {@code put} without records, so an outage costs no heap, no rebalance and no failed task. Confined to the task
 * thread.
 */
final class ConsumerPause {
    private final SinkTaskContext context;
    private boolean paused;

    ConsumerPause(SinkTaskContext context) {
        this.context = context;
    }

    boolean isOn() {
        return paused;
    }

    /** Pauses or resumes. May be called in {@code put} only: elsewhere the context's assignment may be out of date. */
    void apply(boolean recordsWait) {
        if (recordsWait && !paused) {
            paused = true;
            context.pause(assignment());
        } else if (!recordsWait && paused) {
            context.resume(assignment());
            paused = false;
        }
    }

    /**
     * Pauses or resumes partitions that were opened. Connect pauses a partition again that was paused when it was closed, and
     * it calls {@code put} between the two halves of a rebalance, which may have resumed the other partitions.
     */
    void opened(Collection<TopicPartition> opened) {
        TopicPartition[] ids = opened.toArray(TopicPartition[]::new);
        if (paused) {
            context.pause(ids);
        } else {
            context.resume(ids);
        }
    }

    private TopicPartition[] assignment() {
        return context.assignment().toArray(TopicPartition[]::new);
    }
}
