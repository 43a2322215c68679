package io.jetsink.delivery;

import io.jetsink.publish.LinkRate;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Times one message at a time from its publishing to its ack, as TCP does, for {@link LinkRate}. All other messages
 * cost a comparison.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class AckTimer {
    private static final long NONE = -1;
    /** Nobody looks for acks between two calls of Connect. After so long an absence an ack may be older than it seems. */
    private static final long AWAY_NANOS = Duration.ofMillis(100).toNanos();

    private final LinkRate rate;
    private final LongSupplier clock;

    private long position = NONE;
    private long bytes;
    private long sentAt;
    private long overdueAfter;
    private long leftAt;
    private boolean blurred;

    AckTimer(LinkRate rate, LongSupplier clock) {
        this.rate = rate;
        this.clock = clock;
        this.leftAt = clock.getAsLong();
    }

    /**
     * A message was sent; {@code inFlight} bytes are on their way with it. It replaces the one that is timed if that has
     * not half as many before it: where all that was sent is acked at once, the first one says nothing of a full window.
     */
    void sent(long at, long inFlight) {
        if (position == NONE || inFlight > 2 * bytes) {
            position = at;
            bytes = inFlight;
            sentAt = clock.getAsLong();
            overdueAfter = rate.targetNanos();
            blurred = false;
        }
    }

    /** Everything before this position is settled. */
    void settled(long before) {
        if (position == NONE) {
            return;
        }
        long nanos = clock.getAsLong() - sentAt;
        if (position < before) {
            position = NONE;
            if (!blurred || nanos <= rate.targetNanos()) {
                rate.acked(bytes, nanos);
            }
        } else if (nanos > overdueAfter) {
            rate.overdue();
            overdueAfter = 2 * nanos;
        }
        blurred = false;
    }

    /**
     * The server has answered the first message of a batch without settling it.
     *
     * @return nanoseconds that the answer needed; 0: not known
     */
    long answered() {
        if (position == NONE) {
            return 0;
        }
        long nanos = clock.getAsLong() - sentAt;
        position = NONE;
        if (!blurred) {
            rate.acked(bytes, nanos);
        }
        return nanos;
    }

    /** Forgets the timed message: it may be sent again, so that its ack no longer belongs to one time. */
    void forget() {
        position = NONE;
    }

    /** Connect calls. */
    void arrive() {
        blurred = clock.getAsLong() - leftAt > AWAY_NANOS;
    }

    /** The call ends. */
    void leave() {
        leftAt = clock.getAsLong();
    }
}
