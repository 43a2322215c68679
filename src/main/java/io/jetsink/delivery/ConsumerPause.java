package io.jetsink.delivery;

import java.util.Collection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Pauses the consumer while records wait that cannot be sent, and resumes it when none do. Connect goes on calling
 * {@code put}, with nothing, so an outage costs no heap, no rebalance and no failed task.
 *
 * <p><b>Threads.</b> Confined to the task thread.
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

    /** To be called in {@code put} only: there the assignment is what Connect takes it for. */
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
     * Partitions were opened. Connect pauses those again that were paused when they went, and it calls {@code put} between
     * the two halves of a rebalance: the rest may have been resumed without them.
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
