package io.jetsink.delivery;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.publish.EpochSupervisor;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.PendingRecord;
import io.jetsink.publish.Publisher;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Measures how long nothing was settled, in this outage and in this epoch. Each limit is extended by the time that the bytes
 * in flight need on this link. Confined to the task thread.
 */
final class StallWatch {
    /** A target without an outcome for this long is stalled. */
    private static final long STALLED_NANOS = Duration.ofMillis(500).toNanos();
    /** An open batch without an outcome for this long is ended, even while a trickle of records goes on. */
    private static final long LINGER_NANOS = Duration.ofMillis(200).toNanos();
    /** Round trips that an outcome may need while a batch is open. */
    private static final int LINGER_ROUND_TRIPS = 2;
    /** Ack timeouts that may pass while the server answers PINGs: a stream needs ten seconds to elect a leader. */
    private static final int ACK_TIMEOUTS = 3;

    private final LongSupplier clock;
    private final LinkRate rate;
    private final Duration ackTimeout;
    private final StreamQuery query;
    private boolean probed;
    private long linger = LINGER_NANOS;
    /** When the last record was settled, or there was nothing to settle. */
    private long settledAt;
    /** The same within this epoch, and no earlier than its first publish. */
    private long lastOutcomeAt;
    /** Longest time in nanoseconds without a settled record while records were unsettled. */
    private long longest;

    StallWatch(LongSupplier clock, LinkRate rate, Duration ackTimeout) {
        this.clock = clock;
        this.rate = rate;
        this.ackTimeout = ackTimeout;
        this.query = new StreamQuery(clock, rate);
        this.settledAt = clock.getAsLong();
        this.lastOutcomeAt = settledAt;
    }

    /** Notes that records were settled. */
    void settled() {
        query.settled();
        settledUnsent();
        restart();
    }

    /** Notes that the head of the ring was settled without being sent. The outage until now counts. */
    void settledUnsent() {
        longest = Math.max(longest, clock.getAsLong() - settledAt);
        settledAt = clock.getAsLong();
    }

    /** Restarts the outage timer: nothing was unsettled. */
    void resetOutage() {
        settledAt = clock.getAsLong();
    }

    /** Notes that the first of the messages now in flight was sent. */
    void firstSent() {
        lastOutcomeAt = clock.getAsLong();
    }

    /** Notes that the server has replied, within {@code nanos}, without settling a record. */
    void replied(long nanos) {
        restart();
        linger = Math.max(LINGER_NANOS, LINGER_ROUND_TRIPS * nanos);
    }

    /** Restarts the timer of the epoch. */
    void restart() {
        lastOutcomeAt = clock.getAsLong();
        probed = false;
        query.restart();
    }

    /**
     * Finds out whether the stream works, and, when there was no outcome for an ack timeout, whether the connection is dead.
     * Gives the epoch up if the stream works and does not ack, and after {@value #ACK_TIMEOUTS} ack timeouts.
     *
     * @param oldest the record that waits for its outcome the longest
     */
    void check(Publisher open, PendingRecord oldest, EpochSupervisor supervisor) {
        long ahead = rate.aheadNanos();
        long still = clock.getAsLong() - lastOutcomeAt - ahead;
        if (query.isLost(open, oldest, still, ahead)) {
            supervisor.giveUp(
                    open,
                    new CodedException(
                            ErrorCode.NO_ACK,
                            "no ack for " + Duration.ofNanos(still).toMillis()
                                    + " ms from a stream that answers: messages or their acks were lost"));
        } else if (still >= ACK_TIMEOUTS * ackTimeout.toNanos()) {
            rate.timedOut();
            supervisor.giveUp(
                    open,
                    new CodedException(
                            ErrorCode.NO_ACK,
                            "no ack for " + ACK_TIMEOUTS * ackTimeout.toMillis() + " ms (" + ACK_TIMEOUTS
                                    + " times publish.ack.timeout.ms), not counting the "
                                    + Duration.ofNanos(ahead).toMillis() + " ms that the messages in flight need"));
        } else if (still >= ackTimeout.toNanos() && !probed) {
            probed = true;
            IOException elsewhere = open.ackedElsewhere();
            if (elsewhere == null) {
                supervisor.probe(open, Duration.ofNanos(ahead));
            } else {
                supervisor.giveUp(open, elsewhere);
            }
        }
    }

    boolean isStalled() {
        return noOutcomeFor(STALLED_NANOS + rate.aheadNanos());
    }

    /** Whether the outcome of an open batch is due. */
    boolean lingers() {
        return noOutcomeFor(linger + rate.aheadNanos());
    }

    boolean noOutcomeFor(long nanos) {
        return clock.getAsLong() - lastOutcomeAt > nanos;
    }

    /** Returns the longest outage in milliseconds. @param lasts whether records are unsettled now */
    long longestMillis(boolean lasts) {
        return TimeUnit.NANOSECONDS.toMillis(lasts ? Math.max(longest, clock.getAsLong() - settledAt) : longest);
    }

    boolean outageOutlasts(Duration limit) {
        return clock.getAsLong() - settledAt > limit.toNanos();
    }
}
