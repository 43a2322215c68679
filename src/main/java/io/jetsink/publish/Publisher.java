package io.jetsink.publish;

import io.jetsink.message.RejectedRecordException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One way of getting messages into JetStream, for the length of one epoch: one connection, from its opening to its loss.
 * A new epoch has a new publisher.
 *
 * <p><b>Threads.</b> All methods are called by the task thread only. None of them waits, except {@link #await} and, for at
 * most half a second, {@link #flush}.
 *
 * <p><b>Positions</b> are those of the ring. They come in ascending order, with gaps where there is nothing to send, until
 * {@link Outcomes#unsent} sends them back; the first to the last unsettled one never span more than {@link #window()}.
 */
public interface Publisher {
    /**
     * How many positions may be published and not settled, as of now. One until the epoch has proven that it works: a
     * stream that cannot answer then costs one message for each epoch and not a windowful.
     */
    int window();

    /** Result of {@link #look}: whether a record needs a message. */
    enum Look {
        /** The record is to be translated and published. */
        PUBLISH,
        /** The stream holds the record: it needs no message. */
        STORED,
        /** That is not known yet: the same record is to be offered again. */
        LATER
    }

    /**
     * Looks at the next record before it is translated, so that a record the stream holds costs no translation and cannot
     * fail in one.
     */
    default Look look(PendingRecord publication) {
        return Look.PUBLISH;
    }

    /** Announces the partitions that are open with the task, before any of their records comes to the head of the ring. */
    default void assigned(Iterable<AssignedPartition> partitions) {
        // Only exactly-once has something to prepare.
    }

    /** Notes that a record was rejected, its report is safe, and everything before it is settled. */
    default void rejected(PendingRecord publication) {
        // Only exactly-once remembers what is settled.
    }

    /**
     * How many nanoseconds from now {@link #harvest} is due although nothing is published; {@link Long#MAX_VALUE} if it is
     * not.
     */
    default long dueNanos() {
        return Long.MAX_VALUE;
    }

    /**
     * Hands a message on, without waiting for its outcome.
     *
     * @return false if the link takes nothing at the moment; then the message was not sent and may be offered again
     * @throws RejectedRecordException if this message can never be sent over this link
     */
    boolean publish(long position, PendingRecord publication);

    /** How many messages {@link #publishAhead} would send now. */
    default int ahead() {
        return 0;
    }

    /**
     * Sends a message before those at earlier positions that are not published yet, if waiting for its turn would cost a
     * round trip of its own. It keeps its place: once its outcome is reported, its position is not published any more; if it
     * is offered to {@link #publish} before, that returns false, and if it fails, it is published in its turn.
     *
     * @return whether it was sent
     */
    default boolean publishAhead(long position, PendingRecord publication) {
        return false;
    }

    /** Reports what has become known since the last call. Once the epoch is over: all that will ever be known. */
    void harvest(Outcomes outcomes);

    /** Nothing more comes for now: ends what is in hand, so that everything published gets its outcome soon. */
    void flush();

    /**
     * Waits until the outcome of {@code position} is known or the time is over, whichever is first; may return earlier.
     *
     * @param nanos how long at most
     * @return false if there is nothing to wait for
     */
    boolean await(long position, long nanos) throws InterruptedException;

    /**
     * Why messages get no ack although something acks them: another stream does, or one of another domain, and the expected
     * one has acked nothing in this epoch.
     *
     * @return null if that is not so, as far as this publisher knows
     */
    default @Nullable IOException ackedElsewhere() {
        return null;
    }

    /**
     * The server did not let a message through. Called by a thread of the connection.
     *
     * @return whether the epoch goes on, because nothing waits for the ack of that message
     */
    default boolean endures(PermissionsViolation denied) {
        return false;
    }

    /** Where outcomes are told, in ascending order of positions. */
    interface Outcomes {
        /** The message at this position is stored (or, best-effort, written). */
        void settled(long position);

        /**
         * The stream has a message of this one's id already: it is settled, and nothing was stored. Not every mode learns
         * this of every message.
         */
        void duplicate(long position);

        /** The messages at all positions up to and including this one are stored. */
        void settledThrough(long position);

        /**
         * Of the messages from this position on nothing is stored and nothing under way: those that are not settled are to
         * be published again.
         */
        void unsent(long position);

        /**
         * The consumer is to go back to this offset of the partition. Nothing of this stay was published; its records are
         * dropped and come again. Only exactly-once reports this.
         */
        default void resumeAt(AssignedPartition partition, long offset) {
            throw new UnsupportedOperationException(partition.id() + " cannot be resumed at " + offset);
        }

        /** The message at this position was refused, or this epoch will not find out whether the message is stored. */
        void failed(long position, Throwable cause);

        /** The epoch cannot go on. The cause concerns no single record. */
        void epochFailed(Throwable cause);
    }
}
