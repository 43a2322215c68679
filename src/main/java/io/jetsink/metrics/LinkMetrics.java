package io.jetsink.metrics;

import io.jetsink.message.ErrorCode;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Counts connections, epochs and failed attempts. A server counts as connected until it is lost or cannot be reached: an
 * epoch that the task ends because of the stream is not a lost connection.
 *
 * <p><b>Threads.</b> Any. Each method is called a few times for each epoch.
 */
public final class LinkMetrics {
    private enum Link {
        /** There is no connection, or none any more. */
        DOWN,
        /** The server was reached, but no epoch is open. */
        REACHED,
        /** An epoch is open. */
        OPEN
    }

    /** Reasons why there is no connection, or none any more. The other ones come from a server that is connected. */
    private static final Set<ErrorCode> NO_CONNECTION = EnumSet.of(
            ErrorCode.UNUSABLE_SETTING,
            ErrorCode.OTHER_LIBRARY,
            ErrorCode.UNREACHABLE,
            ErrorCode.CONNECTION_LOST,
            ErrorCode.TLS_FAILED,
            ErrorCode.SERVER_BUSY,
            ErrorCode.LOGIN_REFUSED);

    private final LongSupplier clock;
    private final ReasonCounts retries = new ReasonCounts(ErrorCode.Counted.RETRIED, ErrorCode.UNEXPECTED);
    private final LongAdder violations = new LongAdder();
    private volatile long roundTrip;

    private Link link = Link.DOWN;
    private long downSince;
    private long downNanos;
    private long connections;
    private long epochs;
    private boolean failed;

    /** @param clock nanoseconds that only go forward */
    LinkMetrics(LongSupplier clock) {
        this.clock = clock;
        this.downSince = clock.getAsLong();
    }

    /** Notes that a connection was opened. */
    public synchronized void connected() {
        if (link == Link.DOWN) {
            downNanos += clock.getAsLong() - downSince;
            connections++;
            link = Link.REACHED;
        }
    }

    /** Notes that an epoch has begun over the connection. */
    public synchronized void epochBegan() {
        connected();
        link = Link.OPEN;
        epochs++;
    }

    /** Notes that an attempt to connect failed, or that an epoch has ended, for this reason. */
    public synchronized void retried(ErrorCode reason) {
        retries.add(reason);
        if (link == Link.DOWN) {
            return;
        }
        link = Link.REACHED;
        if (NO_CONNECTION.contains(reason)) {
            link = Link.DOWN;
            downSince = clock.getAsLong();
        }
    }

    /** Notes that no further epoch will be opened: the task fails. */
    public synchronized void failed() {
        failed = true;
    }

    /** Notes that the server has denied a permission. */
    public void permissionDenied() {
        violations.increment();
    }

    /** Notes the round trip of the present connection in nanoseconds. */
    public void roundTrip(long nanos) {
        roundTrip = nanos;
    }

    synchronized boolean isConnected() {
        return link != Link.DOWN;
    }

    synchronized boolean isOpen() {
        return link == Link.OPEN;
    }

    synchronized boolean hasFailed() {
        return failed;
    }

    synchronized long reconnects() {
        return Math.max(0, connections - 1);
    }

    synchronized long epochs() {
        return epochs;
    }

    synchronized long downMillis() {
        return TimeUnit.NANOSECONDS.toMillis(link == Link.DOWN ? downNanos + clock.getAsLong() - downSince : downNanos);
    }

    double roundTripMillis() {
        return roundTrip / 1e6;
    }

    long violations() {
        return violations.sum();
    }

    ReasonCounts retries() {
        return retries;
    }
}
