package io.jetsink.publish;

import org.apache.kafka.common.TopicPartition;

/**
 * One assignment of a Kafka partition to this task, from open to close. A partition that is closed and opened again is
 * another instance, so records of the first assignment are not mistaken for records of the second. Confined to the task
 * thread.
 */
public final class AssignedPartition {
    /** No offset: higher than any. */
    public static final long NONE = Long.MAX_VALUE;

    private final String task;
    private final TopicPartition id;
    private boolean closed;
    private boolean fenced;
    private long position = -1;
    /** The first record that was admitted in this assignment, or since records were dropped. */
    private long first = NONE;
    /** The last record that was admitted. */
    private long last = -1;

    private long hold = NONE;
    private boolean sentWithId;

    /** @param task its name */
    public AssignedPartition(String task, TopicPartition id) {
        this.task = task;
        this.id = id;
    }

    /** Returns the names of the task and of the partition, for the beginning of a log line. */
    public String logName() {
        return task + ": partition " + id;
    }

    public TopicPartition id() {
        return id;
    }

    public void close() {
        closed = true;
    }

    /** Notes that another task owns the partition in the stream: nothing more is published or committed for it. */
    public void fence() {
        fenced = true;
    }

    public boolean fenced() {
        return fenced;
    }

    /** Whether the records of this assignment are dropped: not published if unsent, not committed, not reported. */
    public boolean abandoned() {
        return closed || fenced;
    }

    /** Notes at a commit that the consumer has read everything before this offset, and that all of it is settled. */
    public void position(long offset) {
        position = offset;
    }

    /** Returns the position of the last commit, or -1 if it is not known. */
    public long position() {
        return position;
    }

    /** Forgets the position, which is older than a record that was put since. */
    public void forgetPosition() {
        position = -1;
    }

    /** Whether the consumer and every unsettled record were beyond this offset at the last commit. */
    public boolean isPast(long offset) {
        return position > offset;
    }

    public void admitted(long offset) {
        last = offset;
        if (first == NONE) {
            first = offset;
        }
    }

    /** Returns the offset of the last admitted record, or -1 if there is none. */
    public long last() {
        return last;
    }

    /** Whether a record was admitted, in this assignment or since {@link #dropped}. */
    public boolean hasRecords() {
        return first != NONE;
    }

    /** Returns the offset at which the consumer began to deliver, or is about to; -1 if that is not known yet. */
    public long start() {
        return hasRecords() ? first : position;
    }

    /** Notes that everything admitted was dropped, because the consumer delivers it again. */
    public void dropped() {
        first = NONE;
        position = -1;
    }

    /** Withholds this offset and all later ones from commits until {@link #release}. The lowest call counts. */
    public void hold(long offset) {
        hold = Math.min(hold, offset);
    }

    public void release() {
        hold = NONE;
    }

    /** Returns the lowest withheld offset, or {@link #NONE}. */
    public long bound() {
        return hold;
    }

    /** Whether a message of this assignment was sent whose id the stream was asked about. */
    public boolean wasSentWithId() {
        return sentWithId;
    }

    /** @param sent false if the stream has not answered whether it has the id */
    public void sentWithId(boolean sent) {
        sentWithId = sent;
    }
}
