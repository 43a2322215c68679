package io.jetsink.delivery;

import org.apache.kafka.common.TopicPartition;

/**
 * One stay of a Kafka partition with this task, from open to close. A partition that is closed and opened again is another
 * instance, so what the ring still holds of the first stay is told apart from the second.
 */
final class Partition {
    final TopicPartition id;
    private boolean closed;
    /** Scratch of {@link InFlightRing#markLowestUnsettled}: the lowest unsettled offset, or {@link #NONE}. */
    long lowestUnsettled = NONE;

    static final long NONE = Long.MAX_VALUE;

    Partition(TopicPartition id) {
        this.id = id;
    }

    void close() {
        closed = true;
    }

    /** Its slots are orphans: not published if unsent, no offset, nothing reported. */
    boolean closed() {
        return closed;
    }
}
