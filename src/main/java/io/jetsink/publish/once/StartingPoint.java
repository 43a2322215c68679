package io.jetsink.publish.once;

import io.jetsink.message.ErrorCode;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offset at which the consumer of a claimed partition begins, compared with the offset marker. Kafka forgets the offsets
 * of a group ({@code offsets.retention.minutes}), and {@code auto.offset.reset=latest} then skips records that the stream does
 * not hold yet. A consumer that begins beyond the marker is therefore sent back to the offset behind the marker, once for each
 * claim. The topic has no earlier records than those that it delivers then.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class StartingPoint {
    private static final Logger LOG = LoggerFactory.getLogger(StartingPoint.class);

    private static final long NOTHING = Long.MAX_VALUE;

    private final AssignedPartition partition;
    private State state = State.UNKNOWN;
    /** Offset of a record that was delivered and dropped, so that the topic has it; or {@link #NOTHING}. */
    private long delivered = NOTHING;

    StartingPoint(AssignedPartition partition) {
        this.partition = partition;
    }

    /** Returns whether the partition's records may be published. */
    boolean isKnown() {
        return state == State.KNOWN;
    }

    /** Compares the consumer's first offset with the marker of a claim that is held. */
    void compare(OffsetMarker marker, Publisher.Outcomes outcomes) {
        if (state == State.KNOWN) {
            return;
        }
        if (marker.offset() == OffsetMarker.NONE) {
            // The stream holds nothing, or an operator has reset the offsets: the consumer's position is right.
            state = State.KNOWN;
            return;
        }
        long start = partition.start();
        long next = marker.offset() + 1;
        if (start > next && state == State.UNKNOWN) {
            delivered = partition.hasRecords() ? start : NOTHING;
            logReturn(next, start);
            partition.hold(next);
            goBack(State.SENT_BACK, next, outcomes);
        } else if (!partition.hasRecords()) {
            return;
        } else if (start > delivered && state == State.SENT_BACK) {
            // Kafka has removed the offset behind the marker, and auto.offset.reset=latest skipped the records that are
            // left.
            goBack(State.SENT_FORWARD, delivered, outcomes);
        } else {
            if (start > next) {
                warnOfGap(next, start);
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

    private void logReturn(long next, long start) {
        if (isSingle(next, start)) {
            LOG.debug("{}: the consumer is moved back from offset {} to {}", partition.logName(), start, next);
        } else {
            LOG.info(
                    "{}: the consumer begins at offset {}, and the stream holds this partition up to offset {}: the consumer"
                            + " is moved back to offset {}",
                    partition.logName(),
                    start,
                    next - 1,
                    next);
        }
    }

    /** Returns whether one offset is missing: that of the control record behind each transaction, which is not delivered. */
    private static boolean isSingle(long next, long start) {
        return start == next + 1;
    }

    private void warnOfGap(long next, long start) {
        if (isSingle(next, start)) {
            LOG.debug("{}: offset {} is not in the topic, as behind each transaction", partition.logName(), next);
            return;
        }
        LOG.warn(
                "{} {}: offsets {} to {} are not in the topic any more, or are not delivered: the connector requested"
                        + " offset {}, and the first delivered record is at offset {}. Retention, compaction, aborted transactions and"
                        + " filters leave such gaps. With consumer.override.auto.offset.reset=latest the consumer also skips"
                        + " records that retention has left: set it to earliest",
                ErrorCode.RECORDS_MISSING,
                partition.logName(),
                next,
                start - 1,
                next,
                start);
    }

    private enum State {
        UNKNOWN,
        /** The consumer was sent to the offset behind the marker. */
        SENT_BACK,
        /** That offset is gone. The consumer was sent to the first record that it had delivered. */
        SENT_FORWARD,
        KNOWN
    }
}
