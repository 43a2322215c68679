package io.jetsink.publish;

import io.jetsink.message.RejectedRecordException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Publishes messages into JetStream for one epoch: one connection, from its opening to its loss. A new epoch has a new
 * publisher.
 *
 * <p><b>Threads.</b> Only the task thread calls these methods, except {@link #endures}. None of them waits, except
 * {@link #await} and, for at most half a second, {@link #flush}.
 *
 * <p><b>Positions</b> are those of the ring. They ascend, with gaps where there is nothing to send, until
 * {@link Outcomes#unsent} moves them back. The first to the last unsettled position never span more than {@link #window()}.
 */
public interface Publisher {
    /** Half the time after which nats-server discards an open batch that receives no message. */
    Duration FLUSH_AFTER = Duration.ofSeconds(5);

    /**
     * Number of positions that may be published and not settled. One until a message of the epoch was acked: a stream that
     * cannot answer then costs one message per epoch, not a full window.
     */
    int window();

    /** How a publisher publishes. The number of a mode is its place in this list, which metrics show. */
    enum Mode {
        BEST_EFFORT,
        SYNC,
        ASYNC,
        FAST,
        EXACTLY_ONCE;

        public int number() {
            return ordinal();
        }
    }

    Mode mode();

    /** Whether a record needs a message. */
    enum Look {
        /** The record is to be translated and published. */
        PUBLISH,
        /** The stream holds the record, so the record needs no message. */
        STORED,
        /** It is not known yet: the same record is to be offered again. */
        LATER
    }

    /**
     * Looks at the next record before it is translated, so that a record that the stream holds costs no translation and
     * cannot fail in one.
     */
    default Look look(PendingRecord record) {
        return Look.PUBLISH;
    }

    /** Announces the open partitions of the task, before any of their records is at the head of the ring. */
    default void assigned(Iterable<AssignedPartition> partitions) {
        // Only exactly-once prepares for partitions.
    }

    /** Notes that a record was rejected, its report is safe, and everything before it is settled. */
    default void rejected(PendingRecord record) {
        // Only exactly-once remembers what is settled.
    }

    /** Nanoseconds until {@link #harvest} is due although nothing is published; {@link Long#MAX_VALUE} if it is not. */
    default long dueNanos() {
        return Long.MAX_VALUE;
    }

    /**
     * Sends a message, without waiting for its outcome.
     *
     * @return false if the message was not sent, because the connection accepts none now; it may be offered again
     * @throws RejectedRecordException if this message can never be sent over this connection
     */
    boolean publish(long position, PendingRecord record);

    /** Number of messages that {@link #publishAhead} would send now. */
    default int ahead() {
        return 0;
    }

    /**
     * Sends a message before earlier ones that are not published yet, if waiting for its turn would cost a round trip of its
     * own. The message keeps its position. When its outcome is reported, the position is not published any more; if it is
     * offered to {@link #publish} earlier, that returns false; if the message fails, it is published in its turn.
     *
     * @return whether it was sent
     */
    default boolean publishAhead(long position, PendingRecord record) {
        return false;
    }

    /** Reports outcomes that have become known since the last call. After the epoch: all that will ever be known. */
    void harvest(Outcomes outcomes);

    /** Ends an open batch, so that everything published has its outcome soon. Called when no more records are waiting. */
    void flush();

    /**
     * Waits until the outcome of {@code position} is known or the time has passed; may return earlier.
     *
     * @return false if there is nothing to wait for
     */
    boolean await(long position, long nanos) throws InterruptedException;

    /**
     * Finds out whether the stream works, with a message that the stream refuses and does not store.
     *
     * @param pending a record in flight, whose subject the message has
     * @param ahead time that the data sent before needs
     * @return whether the stream has refused the message in time; never fails. Null if acks are not the stream's
     */
    default @Nullable CompletableFuture<Boolean> query(PendingRecord pending, Duration ahead) {
        return null;
    }

    /**
     * Why messages are not settled although something acks them: another stream does, or one of another domain, and the
     * expected one has acked nothing in this epoch.
     *
     * @return null if this publisher knows of no such acks
     */
    default @Nullable IOException ackedElsewhere() {
        return null;
    }

    /**
     * Handles a message that the server denied. Called by a thread of the connection.
     *
     * @return whether the epoch continues, because nothing waits for the ack of that message
     */
    default boolean endures(PermissionsViolation denied) {
        return false;
    }

    /** Receives outcomes, in ascending order of positions. */
    interface Outcomes {
        /** The message at this position is stored (with best-effort: written). */
        void settled(long position);

        /**
         * The stream has a message with the id of this one: the message is settled, and was not stored. Not every mode
         * learns this of every message.
         */
        void duplicate(long position);

        /** The messages at all positions up to and including this one are stored. */
        void settledThrough(long position);

        /**
         * This many messages of a batch were acked. For metrics only.
         *
         * @param first whether they are the first of their batch
         */
        default void batched(long messages, boolean first) {
            // Tests of outcomes do not count batches.
        }

        /**
         * From this position on, no message is stored or under way. Messages that are not settled are to be published again.
         */
        void unsent(long position);

        /**
         * The consumer is to seek back to this offset. Nothing of this assignment was published; its records are dropped and
         * delivered again. Only exactly-once reports this.
         */
        void resumeAt(AssignedPartition partition, long offset);

        /** The message at this position was refused, or this epoch will not find out whether the message is stored. */
        void failed(long position, Throwable cause);

        /** The epoch cannot continue. The cause concerns no single record. */
        void epochFailed(Throwable cause);
    }
}
