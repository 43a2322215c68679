package io.jetsink.delivery;

import io.jetsink.publish.LinkRate;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Times one message at a time from its publishing to its ack, as TCP does, for {@link LinkRate}. All other messages cost a
 * comparison. Confined to the task thread.
 */
final class AckTimer {
    private static final long NONE = -1;
    /** The task sees acks only while Connect calls it. After a longer absence an ack may be older than it seems. */
    private static final long AWAY_NANOS = Duration.ofMillis(100).toNanos();

    private final LinkRate rate;
    private final LongSupplier clock;

    private long position = NONE;
    private long bytes;
    private int messages;
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
     * Notes that a message was sent. It replaces the timed message if more than twice as many bytes are in flight with it:
     * if everything sent is acked at once, the first message does not show what a full window needs.
     */
    void sent(long at, long bytesInFlight, long inFlight) {
        if (position == NONE || bytesInFlight > 2 * bytes) {
            position = at;
            bytes = bytesInFlight;
            messages = (int) inFlight;
            sentAt = clock.getAsLong();
            overdueAfter = rate.targetNanos();
            blurred = false;
        }
    }

    /** Notes that everything before this position is settled. */
    void settled(long before) {
        if (position == NONE) {
            return;
        }
        long nanos = clock.getAsLong() - sentAt;
        if (position < before) {
            position = NONE;
            if (!blurred || nanos <= rate.targetNanos()) {
                rate.acked(bytes, messages, nanos);
            }
        } else if (nanos > overdueAfter) {
            rate.overdue();
            overdueAfter = 2 * nanos;
        }
        blurred = false;
    }

    /**
     * Notes that the server has replied to the first message of a batch without settling it.
     *
     * @return nanoseconds that the reply needed, or 0 if unknown
     */
    long replied() {
        if (position == NONE) {
            return 0;
        }
        long nanos = clock.getAsLong() - sentAt;
        position = NONE;
        if (!blurred) {
            rate.acked(bytes, messages, nanos);
        }
        return nanos;
    }

    /** Forgets the timed message. It may be sent again, and its ack could then belong to either sending. */
    void forget() {
        position = NONE;
    }

    /** Notes that a call of Connect begins. */
    void enter() {
        blurred = clock.getAsLong() - leftAt > AWAY_NANOS;
    }

    /** Notes that the call ends. */
    void leave() {
        leftAt = clock.getAsLong();
    }
}
