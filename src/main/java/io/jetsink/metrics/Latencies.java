package io.jetsink.metrics;

import java.util.function.LongSupplier;

/** Latencies from publish to ack and from Kafka to the stream. The task thread records, and any thread reads. */
final class Latencies implements LatencyRecorder {
    private static final long MICRO = 1_000;
    private static final double MICROS_PER_MILLI = 1_000;

    private final LongSupplier clock;
    private final LongSupplier wallClock;
    /** In microseconds. */
    private final RecentLatency acks = new RecentLatency();
    /** In milliseconds, as the timestamps of records. */
    private final RecentLatency endToEnd = new RecentLatency();

    private final Count ackNanos = new Count();
    private long wallTime;

    /**
     * @param clock nanoseconds that only go forward
     * @param wallClock milliseconds since 1970
     */
    Latencies(LongSupplier clock, LongSupplier wallClock) {
        this.clock = clock;
        this.wallClock = wallClock;
    }

    @Override
    public void begin(long now) {
        acks.tick(now);
        endToEnd.tick(now);
        wallTime = wallClock.getAsLong();
    }

    @Override
    public void acked(long nanos, long messages) {
        acks.add(nanos / MICRO, messages);
        ackNanos.add(nanos * messages);
    }

    @Override
    public void stored(long timestamp, long messages) {
        if (timestamp >= 0) {
            endToEnd.add(wallTime - timestamp, messages);
        }
    }

    /** Returns the sum of all ack latencies in nanoseconds. */
    long ackNanos() {
        return ackNanos.get();
    }

    long acks() {
        return acks.atLeast(0);
    }

    long acksOver(int millis) {
        return acks.atLeast(millis * (long) MICROS_PER_MILLI);
    }

    /** Returns a percentile of the ack latency of the last minute in milliseconds. */
    double ackMillis(double share) {
        return acks.percentile(share, clock.getAsLong()) / MICROS_PER_MILLI;
    }

    /** Returns a percentile of the time from Kafka to the stream, of the last minute, in milliseconds. */
    double endToEndMillis(double share) {
        return endToEnd.percentile(share, clock.getAsLong());
    }
}
