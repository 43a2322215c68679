package io.jetsink.delivery;

import io.jetsink.publish.AssignedPartition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkTaskContext;

/**
 * Seeks of the consumer that wait for the next {@code put}. Connect seeks before the next poll, so a seek requested by
 * {@code preCommit} within a rebalance could hit a partition that is gone. Confined to the task thread.
 */
final class PendingSeeks {
    private final SinkTaskContext context;
    private final InFlightRing ring;
    private final Map<AssignedPartition, Long> offsets = new LinkedHashMap<>();

    PendingSeeks(SinkTaskContext context, InFlightRing ring) {
        this.context = context;
        this.ring = ring;
    }

    void add(AssignedPartition partition, long offset) {
        offsets.put(partition, offset);
    }

    boolean isEmpty() {
        return offsets.isEmpty();
    }

    /** Drops the admitted records of each partition and has Connect deliver them again. May be called in {@code put} only. */
    void apply() {
        offsets.forEach((partition, offset) -> {
            if (!partition.abandoned()) {
                ring.drop(partition);
                partition.dropped();
                context.offset(partition.id(), offset);
            }
        });
        offsets.clear();
    }
}
