package io.jetsink.publish;

import io.jetsink.config.PublishSettings;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Throughput of the path to the stream, measured by acks: the number of bytes that may be in flight, and the time that they
 * need. The window is delay-based, as in TCP Vegas and LEDBAT: it grows while acks arrive within a target delay and shrinks in
 * proportion when they do not. The number of messages in flight follows the round trip in the same way, with a target of two
 * round trips, so that it covers a long connection and queues little on a short one. At most about a second of the link is
 * therefore queued ahead of a PING or an ack, wherever the bottleneck is. Each timeout that starts behind queued data adds {@link #transit}.
 *
 * <p>One object per task. It outlives epochs, because the next connection usually has the same path.
 *
 * <p><b>Threads.</b> Measured by the task thread; {@link #window}, {@link #transit} and {@link #timedOut} from any thread.
 * A concurrent {@link #timedOut} may be lost; the next sample corrects that.
 */
public final class LinkRate {
    private static final long FIRST_WINDOW = 256L << 10;
    private static final long LEAST_WINDOW = 16L << 10;
    /** Delay that the window aims at, in nanoseconds. */
    private static final long TARGET = Duration.ofSeconds(1).toNanos();
    /** If the round trip alone needs a large part of a second, the window has to hold several of them. */
    private static final int ROUND_TRIPS = 3;
    /** Bytes of a sample whose time is mostly a round trip. */
    private static final long SMALL = 32L << 10;
    /** Weight of a longer round trip in each small sample, as a divisor. */
    private static final int DRIFT = 16;

    /** Weight of a lower rate in each full window, as a divisor. */
    private static final int SLOWER = 4;

    /** Round trips within which the acks of a full window of messages arrive. */
    private static final int FULL_WINDOW_ROUND_TRIPS = 2;

    /** Bytes per second before the first sample: half of a line of 1 Mbit/s. */
    private static final double FIRST_RATE = 64_000;
    /** The lowest rate in bytes per second; a dead link has to be noticed in finite time. */
    private static final double LEAST_RATE = 32_000;

    private static final double SECOND = Duration.ofSeconds(1).toNanos();

    private final long most;
    private final long least;
    private final int leastMessages;
    private final int mostMessages;
    private volatile long window;
    private volatile int messages;
    private volatile double rate = FIRST_RATE;
    private volatile LongSupplier inFlight = () -> 0;
    /** Round trip in nanoseconds without a queue; 0: not measured. */
    private volatile long roundTrip;

    public LinkRate(PublishSettings settings) {
        this(settings.maxPendingBytes(), settings.leastPending(), settings.mostPending());
    }

    /**
     * @param most {@code publish.max.pending.bytes}, the largest window
     * @param leastMessages number of messages that may always be in flight
     */
    public LinkRate(long most, int leastMessages, int mostMessages) {
        this.most = most;
        this.leastMessages = leastMessages;
        this.mostMessages = mostMessages;
        this.messages = leastMessages;
        this.least = Math.min(LEAST_WINDOW, most);
        this.window = Math.min(FIRST_WINDOW, most);
    }

    /**
     * Bytes that may be in flight now, at least 1 and at most {@code publish.max.pending.bytes}. A message may be sent while
     * fewer are in flight, so one message of any size always may.
     */
    public long window() {
        return window;
    }

    /** Number of messages that may be in flight now, within the bounds of {@code publish.max.pending}. */
    public int messages() {
        return messages;
    }

    /** Sets the source of the number of bytes in flight. Read by any thread, which may see a number that has just changed. */
    public void counts(LongSupplier bytesInFlight) {
        inFlight = bytesInFlight;
    }

    /** Nanoseconds that all bytes in flight need, and that data queued now has to wait. */
    public long aheadNanos() {
        return transit(inFlight.getAsLong()).toNanos();
    }

    /** Time that this many bytes need to be sent, stored and acked. */
    public Duration transit(long bytes) {
        return Duration.ofNanos(bytes <= 0 ? 0 : (long) (bytes / rate * SECOND));
    }

    /** Round trip in nanoseconds without a queue, or 0 if it is not measured yet. */
    public long roundTripNanos() {
        return roundTrip;
    }

    /** Delay in nanoseconds up to which an ack is in time. */
    public long targetNanos() {
        return Math.max(TARGET, ROUND_TRIPS * roundTrip);
    }

    /**
     * Adds a sample.
     *
     * @param bytes in flight when a message was sent, itself included
     * @param count messages in flight then
     * @param nanos until the ack of that message arrived
     */
    public void acked(long bytes, int count, long nanos) {
        if (bytes <= 0 || nanos <= 0) {
            return;
        }
        if (bytes <= SMALL) {
            long known = roundTrip;
            // An ack that an outage has delayed says little about the path.
            roundTrip = known == 0 || nanos < known ? nanos : known + Math.min(nanos - known, known) / DRIFT;
        }
        resize(count, nanos);
        long target = targetNanos();
        long present = window;
        boolean filled = bytes >= present / 2;
        double measured = bytes / (double) nanos * SECOND;
        double fitting = bytes * ((double) target / nanos);
        if (nanos > target) {
            // A few late bytes show that something stalls, not how fast the link is.
            rate = Math.max(LEAST_RATE, filled ? measured : Math.max(measured, rate / 2));
            window = (long) Math.max(least, Math.min(present, Math.max(fitting, present / 2.0)));
        } else {
            // A buffer on the way passes a burst at once, which is not a rate. A full window corrects it.
            rate = filled && measured < rate ? rate + (measured - rate) / SLOWER : Math.max(rate, measured);
            if (filled) {
                window = (long) Math.min(most, Math.min(2.0 * present, Math.max(fitting, present)));
            }
        }
    }

    private void resize(int count, long nanos) {
        long known = roundTrip;
        if (known == 0) {
            return;
        }
        if (nanos < known) {
            roundTrip = nanos;
        }
        int present = messages;
        if (count >= present / 2) {
            double fitting = count * (FULL_WINDOW_ROUND_TRIPS * (double) roundTrip / nanos);
            messages = (int) Math.max(leastMessages, Math.min(mostMessages, fitting));
        }
    }

    /** Shrinks the window because a sampled ack is late. The ack will show the rate. */
    public void overdue() {
        window = Math.max(least, window / 2);
        messages = Math.max(leastMessages, messages / 2);
    }

    /** Notes that an epoch or an attempt ended by a timeout, without an ack. */
    public void timedOut() {
        overdue();
        rate = Math.max(LEAST_RATE, rate / 2);
    }
}
