package io.jetsink.publish.once;

import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the consumer of a claimed partition begins, compared with the marker. Kafka forgets a group's offsets
 * ({@code offsets.retention.minutes}), and {@code auto.offset.reset=latest} then skips what the stream does not hold yet. So
 * a consumer that begins beyond the marker is sent back to the offset behind it, once for each claim. What it delivers then
 * is what the topic still has.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class StartingPoint {
    private static final Logger LOG = LoggerFactory.getLogger(StartingPoint.class);

    private final AssignedPartition partition;
    private State state = State.UNKNOWN;
    /** A record that is in the topic for certain, as it was delivered and dropped; or {@link AssignedPartition#NONE}. */
    private long delivered = AssignedPartition.NONE;

    StartingPoint(AssignedPartition partition) {
        this.partition = partition;
    }

    /** Whether the partition's records may be published. */
    boolean isKnown() {
        return state == State.KNOWN;
    }

    /** Compares where the consumer begins with the marker of a claim that is held. */
    void compare(OffsetMarker marker, Publisher.Outcomes outcomes) {
        if (state == State.KNOWN) {
            return;
        }
        if (marker.offset() == OffsetMarker.NONE) {
            // The stream holds nothing, or somebody has reset the offsets: Kafka's position decides.
            state = State.KNOWN;
            return;
        }
        long start = partition.start();
        long next = marker.offset() + 1;
        if (start > next && state == State.UNKNOWN) {
            delivered = partition.hasRecords() ? start : AssignedPartition.NONE;
            tellReturn(next, start);
            partition.hold(next);
            goBack(State.SENT_BACK, next, outcomes);
        } else if (!partition.hasRecords()) {
            return;
        } else if (start > delivered && state == State.SENT_BACK) {
            // Kafka has removed the offset that was asked for, and auto.offset.reset=latest skipped what is there.
            goBack(State.SENT_FORWARD, delivered, outcomes);
        } else {
            if (start > next) {
                tellGap(next, start);
            }
            if (state != State.UNKNOWN) {
                partition.release();
            }
            state = State.KNOWN;
        }
    }

    private void goBack(State reason, long offset, Publisher.Outcomes outcomes) {
        state = reason;
        partition.dropped();
        outcomes.resumeAt(partition, offset);
    }

    private void tellReturn(long next, long start) {
        if (isOne(next, start)) {
            LOG.debug("{}: the consumer goes back from offset {} to {}", partition.id(), start, next);
        } else {
            LOG.info(
                    "{}: the consumer begins at offset {}, and the stream holds this partition up to offset {}: the consumer"
                            + " goes back to offset {}",
                    partition.id(),
                    start,
                    next - 1,
                    next);
        }
    }

    /** The control record that ends a transaction has one offset, and no consumer delivers it. */
    private static boolean isOne(long next, long start) {
        return start == next + 1;
    }

    private void tellGap(long next, long start) {
        if (isOne(next, start)) {
            LOG.debug("{}: offset {} is not in the topic, as behind each transaction", partition.id(), next);
            return;
        }
        LOG.warn(
                "{}: offsets {} to {} are not in the topic any more, or are not delivered: the consumer was asked for"
                        + " offset {}, and its first record is at {}. Retention, compaction, aborted transactions and"
                        + " filters leave such gaps. With consumer.override.auto.offset.reset=latest the consumer skips"
                        + " what retention left as well: set it to earliest",
                partition.id(),
                next,
                start - 1,
                next,
                start);
    }

    private enum State {
        UNKNOWN,
        /** The consumer was sent to the offset behind the marker. */
        SENT_BACK,
        /** That offset is gone; the consumer was sent to the first record that it had delivered. */
        SENT_FORWARD,
        KNOWN
    }
}
