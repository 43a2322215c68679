package io.jetsink.publish;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses that double up to a limit, with jitter so that the tasks of a cluster reconnect at different times. Not thread-safe. */
final class BackOff {
    private static final double JITTER = 0.2;
    private static final long SILENT_STREAM = Duration.ofSeconds(1).toNanos();

    private final long firstNanos;
    private final long limitNanos;
    private final RandomGenerator random;
    private int failures;

    BackOff(Duration first, Duration limit, RandomGenerator random) {
        this.firstNanos = first.toNanos();
        this.limitNanos = Math.max(limit.toNanos(), firstNanos);
        this.random = random;
    }

    /** Returns the pause after one more failure, in nanoseconds. */
    long next() {
        double doubled = firstNanos * Math.pow(2, failures++);
        return (long) (Math.min(doubled, limitNanos) * (1 - JITTER * random.nextDouble()));
    }

    /** The same, for a stream that may get a leader at any moment. */
    long nextOfSilentStream() {
        return Math.min(next(), SILENT_STREAM);
    }

    /** The longest pause, in nanoseconds. */
    long longest() {
        return limitNanos;
    }

    void reset() {
        failures = 0;
    }
}
