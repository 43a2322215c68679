package io.jetsink.publish;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How much the way to the stream carries, measured by acks: how many bytes may be in flight, and how long they need. The
 * window is delay-based, as in TCP Vegas and LEDBAT: it grows while acks come within a target delay and shrinks in
 * proportion when they do not. About a second of the link is therefore queued ahead of a PING or an ack, wherever the
 * bottleneck is, and every time-out that starts behind queued data adds {@link #transit}.
 *
 * <p>One object per task. It outlives epochs, because the next connection usually goes the same way.
 *
 * <p><b>Threads.</b> Measured by the task thread; {@link #window}, {@link #transit} and {@link #timedOut} from any thread.
 * A concurrent {@link #timedOut} may be lost, which the next sample makes up for.
 */
public final class LinkRate {
    private static final long FIRST_WINDOW = 256L << 10;
    private static final long LEAST_WINDOW = 16L << 10;
    /** Delay that the window aims at, in nanoseconds. */
    private static final long TARGET = Duration.ofSeconds(1).toNanos();
    /** Where the round trip alone needs a large part of a second, the window has to hold several of them. */
    private static final int ROUND_TRIPS = 3;
    /** Bytes of a sample whose time is a round trip and hardly transfer. */
    private static final long SMALL = 32L << 10;
    /** Part of a longer round trip that is believed with each small sample. */
    private static final int DRIFT = 16;

    /** Part of a lower rate that is believed with each full window. */
    private static final int SLOWER = 4;

    /** Bytes per second that are expected before anything was measured: half of a line of 1 Mbit/s. */
    private static final double FIRST_RATE = 64_000;
    /** Bytes per second below which no link is believed to be; a dead link has to be noticed in finite time. */
    private static final double LEAST_RATE = 32_000;

    private static final double SECOND = Duration.ofSeconds(1).toNanos();

    private final long most;
    private final long least;
    private volatile long window;
    private volatile double rate = FIRST_RATE;
    private volatile LongSupplier inFlight = () -> 0;
    /** Round trip in nanoseconds without a queue; 0: not measured. */
    private volatile long roundTrip;

    /** @param most {@code publish.max.pending.bytes}, the largest window */
    public LinkRate(long most) {
        this.most = most;
        this.least = Math.min(LEAST_WINDOW, most);
        this.window = Math.min(FIRST_WINDOW, most);
    }

    /**
     * Bytes that may be in flight now, at least 1 and at most {@code publish.max.pending.bytes}. A message goes while fewer
     * are, so that one message always may, however large.
     */
    public long window() {
        return window;
    }

    /** From where the bytes in flight are known. Read by any thread, which may see a number that has just changed. */
    public void counts(LongSupplier bytesInFlight) {
        inFlight = bytesInFlight;
    }

    /** Nanoseconds that all bytes in flight need: {@link #transit} of what something queued now has ahead of itself. */
    public long aheadNanos() {
        return transitNanos(inFlight.getAsLong());
    }

    /** Time that this many bytes need to be sent, stored and acked, to be added to every time-out that they are ahead of. */
    public Duration transit(long bytes) {
        return Duration.ofNanos(transitNanos(bytes));
    }

    /** {@link #transit} in nanoseconds. */
    public long transitNanos(long bytes) {
        return bytes <= 0 ? 0 : (long) (bytes / rate * SECOND);
    }

    /** Delay in nanoseconds up to which an ack is in time. */
    public long targetNanos() {
        return Math.max(TARGET, ROUND_TRIPS * roundTrip);
    }

    /**
     * Adds a sample.
     *
     * @param bytes in flight when a message was sent, itself included
     * @param nanos until the ack of that message was there
     */
    public void acked(long bytes, long nanos) {
        if (bytes <= 0 || nanos <= 0) {
            return;
        }
        if (bytes <= SMALL) {
            long known = roundTrip;
            roundTrip = known == 0 || nanos < known ? nanos : known + (nanos - known) / DRIFT;
        }
        long target = targetNanos();
        long present = window;
        boolean filled = bytes >= present / 2;
        double measured = bytes / (double) nanos * SECOND;
        double fitting = bytes * ((double) target / nanos);
        if (nanos > target) {
            // A few bytes that are late show that something stands still, and not how fast it is.
            rate = Math.max(LEAST_RATE, filled ? measured : Math.max(measured, rate / 2));
            window = (long) Math.max(least, Math.min(present, Math.max(fitting, present / 2.0)));
        } else {
            // A buffer on the way lets a burst pass at once, which is no rate. A full window corrects it.
            rate = filled && measured < rate ? rate + (measured - rate) / SLOWER : Math.max(rate, measured);
            if (filled) {
                window = (long) Math.min(most, Math.min(2.0 * present, Math.max(fitting, present)));
            }
        }
    }

    /** An ack that was sampled is late, and still due: how fast the link is will be known when it comes. */
    public void overdue() {
        window = Math.max(least, window / 2);
    }

    /** An epoch or an attempt ended by time, without an ack. */
    public void timedOut() {
        overdue();
        rate = Math.max(LEAST_RATE, rate / 2);
    }
}
