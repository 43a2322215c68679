package io.jetsink.publish;

import org.apache.kafka.common.TopicPartition;

/**
 * One stay of a Kafka partition with this task, from open to close. A partition that is closed and opened again is another
 * instance, so what the ring still holds of the first stay is told apart from the second.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
public final class AssignedPartition {
    /** No offset: higher than any. */
    public static final long NONE = Long.MAX_VALUE;

    private final TopicPartition id;
    private boolean closed;
    private long fencedAt = NONE;
    private long position = -1;
    /** The first record that was admitted in this stay, or since records were dropped. */
    private long first = NONE;

    private long hold = NONE;
    private long lowestUnsettled = NONE;
    private long duplicates;
    private boolean sentWithId;

    public AssignedPartition(TopicPartition id) {
        this.id = id;
    }

    public TopicPartition id() {
        return id;
    }

    /** It was taken away. */
    public void close() {
        closed = true;
    }

    /** Another task owns it in the stream: nothing more is published or committed for it. */
    public void fence() {
        fencedAt = System.nanoTime();
    }

    public boolean fenced() {
        return fencedAt != NONE;
    }

    /** How long ago it was fenced; 0 if it is not. */
    public long fencedForNanos() {
        return fenced() ? System.nanoTime() - fencedAt : 0;
    }

    /** Notes the consumer's position as Connect reports it: the next offset behind everything that was put. */
    public void position(long offset) {
        position = offset;
    }

    /** See {@link #position(long)}; -1 if it is not known. */
    public long position() {
        return position;
    }

    /** Forgets what {@link #position(long)} noted, which is older than a record that was put since. */
    public void forgetPosition() {
        position = -1;
    }

    /** Whether the consumer and every unsettled record are beyond this offset, as of the last commit. */
    public boolean isPast(long offset) {
        return position > offset && lowestUnsettled > offset;
    }

    /** Notes the offset of an admitted record. */
    public void admitted(long offset) {
        if (first == NONE) {
            first = offset;
        }
    }

    /** Whether a record was admitted, in this stay or since {@link #dropped}. */
    public boolean hasRecords() {
        return first != NONE;
    }

    /** The offset from which the consumer began to deliver, or is about to; -1 if that is not known yet. */
    public long start() {
        return hasRecords() ? first : position;
    }

    /** Notes that everything admitted was dropped, because the consumer delivers it again. */
    public void dropped() {
        first = NONE;
        position = -1;
    }

    /** Whether its records are nobody's business any more: not published if unsent, no offset, nothing reported. */
    public boolean abandoned() {
        return closed || fenced();
    }

    /** Nothing from this offset on may be committed until {@link #release}, whatever is settled. The lowest counts. */
    public void hold(long offset) {
        hold = Math.min(hold, offset);
    }

    public void release() {
        hold = NONE;
    }

    /** Notes an unsettled offset; the lowest counts. */
    public void unsettled(long offset) {
        lowestUnsettled = Math.min(lowestUnsettled, offset);
    }

    /** Forgets what {@link #unsettled} noted. */
    public void forgetUnsettled() {
        lowestUnsettled = NONE;
    }

    /** Whether a message of this stay was sent whose id the stream was asked about. */
    public boolean wasSentWithId() {
        return sentWithId;
    }

    public void sentWithId() {
        sentWithId = true;
    }

    /** The stream has not answered whether it has that message's id. */
    public void notSentWithId() {
        sentWithId = false;
    }

    /** Another of its records was taken for one that the stream has. @return how many so far */
    public long duplicate() {
        return ++duplicates;
    }

    /** How far may be committed by what this partition knows, or {@link #NONE} for no bound. */
    public long bound() {
        return Math.min(hold, lowestUnsettled);
    }
}
