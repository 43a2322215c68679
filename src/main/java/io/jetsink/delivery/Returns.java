package io.jetsink.delivery;

import io.jetsink.publish.AssignedPartition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Partitions whose consumer is to go back, until {@code put} can ask Connect for it. Connect seeks before the next poll, so
 * a seek that {@code preCommit} asked for within a rebalance could hit a partition that is gone.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class Returns {
    private final SinkTaskContext context;
    private final InFlightRing ring;
    private final Map<AssignedPartition, Long> asked = new LinkedHashMap<>();

    Returns(SinkTaskContext context, InFlightRing ring) {
        this.context = context;
        this.ring = ring;
    }

    /** The partition's records are to come again from this offset on. */
    void ask(AssignedPartition partition, long offset) {
        asked.put(partition, offset);
    }

    boolean isEmpty() {
        return asked.isEmpty();
    }

    /** To be called in {@code put} only. Drops what was admitted, and has Connect deliver it again. */
    void apply() {
        if (asked.isEmpty()) {
            return;
        }
        asked.forEach((partition, offset) -> {
            if (!partition.abandoned()) {
                ring.drop(partition);
                partition.dropped();
                context.offset(partition.id(), offset);
            }
        });
        asked.clear();
    }
}
