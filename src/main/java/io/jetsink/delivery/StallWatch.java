package io.jetsink.delivery;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether things move: how long nothing was settled, in this outage and in this epoch. Each method that compares with a
 * fixed time adds {@code ahead}, the nanoseconds that the bytes in flight need on this link.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class StallWatch {
    /** Without an outcome for so long, a target counts as standing still. */
    private static final long STILL_NANOS = Duration.ofMillis(500).toNanos();

    /** Without an outcome for so long, what is in hand is ended even while a trickle of records goes on. */
    private static final long LINGER_NANOS = Duration.ofMillis(200).toNanos();

    /** Round trips that an outcome may need while a batch is open. */
    private static final int LINGER_ANSWERS = 2;

    /** So many ack timeouts may pass while the server answers PINGs: a stream may elect a leader, which takes ten seconds. */
    private static final int PATIENCE = 3;

    /** What a look at the clock says about the link. */
    enum Look {
        FINE,
        /** No outcome for an ack timeout, for the first time since something moved. */
        PROBE,
        /** No outcome for three ack timeouts. */
        GIVE_UP
    }

    private final LongSupplier clock;
    private final long ackTimeout;
    private boolean probed;
    private long linger = LINGER_NANOS;
    /** When something was settled last, or there was nothing to settle. */
    private long settledAt;
    /** The same within the epoch, and no earlier than its first publish. */
    private long movedAt;

    StallWatch(LongSupplier clock, Duration ackTimeout) {
        this.clock = clock;
        this.ackTimeout = ackTimeout.toNanos();
        this.settledAt = clock.getAsLong();
        this.movedAt = settledAt;
    }

    /** Something was settled in the ring. */
    void settled() {
        settledAt = clock.getAsLong();
        movedAt = settledAt;
        probed = false;
    }

    /** There is nothing to settle, or what was passed over was no message: an outage begins no earlier than now. */
    void noOutage() {
        settledAt = clock.getAsLong();
    }

    /** The first message of what is now in flight was sent. */
    void began() {
        movedAt = clock.getAsLong();
    }

    /**
     * The server has answered without settling anything, which is a sign of life.
     *
     * @param nanos that the answer needed
     */
    void answered(long nanos) {
        movedAt = clock.getAsLong();
        probed = false;
        linger = Math.max(LINGER_NANOS, LINGER_ANSWERS * nanos);
    }

    void newEpoch() {
        movedAt = clock.getAsLong();
        probed = false;
    }

    Look look(long ahead) {
        long still = clock.getAsLong() - movedAt - ahead;
        if (still >= PATIENCE * ackTimeout) {
            return Look.GIVE_UP;
        }
        if (still >= ackTimeout && !probed) {
            probed = true;
            return Look.PROBE;
        }
        return Look.FINE;
    }

    boolean standsStill(long ahead) {
        return stillForMoreThan(STILL_NANOS + ahead);
    }

    /** Whether the outcome of what is in hand is due. */
    boolean lingers(long ahead) {
        return stillForMoreThan(linger + ahead);
    }

    boolean stillForMoreThan(long nanos) {
        return clock.getAsLong() - movedAt > nanos;
    }

    /** Whether the outage has outlasted the limit; null is no limit. */
    boolean outageOutlasts(@Nullable Duration limit) {
        return limit != null && clock.getAsLong() - settledAt > limit.toNanos();
    }
}
