package io.jetsink.metrics;

import java.time.Duration;

/**
 * A histogram and its percentiles over the last minute: the difference to a copy that is at least 60 s and at most 70 s old.
 *
 * <p>One thread adds values and calls {@link #tick} before; any thread reads. The lock is held for microseconds, every ten
 * seconds by the adding thread and at each read.
 */
final class RecentLatency {
    private static final long INTERVAL = Duration.ofSeconds(10).toNanos();
    private static final long WINDOW = Duration.ofSeconds(60).toNanos();
    private static final int COPIES = (int) (WINDOW / INTERVAL) + 2;

    private final LatencyHistogram values = new LatencyHistogram();
    /** Copies of the histogram, the oldest of which is replaced by the next one. Guarded by this. */
    private final long[][] copies = new long[COPIES][LatencyHistogram.BUCKETS];

    private final long[] copiedAt = new long[COPIES];
    /** Number of copies made so far. Guarded by this. */
    private int made;
    // Adding thread only.
    private boolean begun;
    /** When the latest copy was made. */
    private long latest;

    /** Copies the histogram if the latest copy is old, so that no value is added long after the copy before it. */
    void tick(long now) {
        if (!begun || now - latest >= INTERVAL) {
            begun = true;
            latest = now;
            copy(now);
        }
    }

    private synchronized void copy(long now) {
        int place = made % COPIES;
        values.copyTo(copies[place]);
        copiedAt[place] = now;
        made++;
    }

    void add(long value, long times) {
        values.add(value, times);
    }

    long atLeast(long limit) {
        return values.atLeast(limit);
    }

    /**
     * Returns a percentile of the values of the last minute; 0 if there is none, also if the adding thread has done nothing
     * since.
     */
    synchronized double percentile(double share, long now) {
        for (int copy = Math.max(0, made - COPIES); copy < made; copy++) {
            // A value is added at most one interval after a copy, so older copies precede only older values.
            if (now - copiedAt[copy % COPIES] <= WINDOW + INTERVAL) {
                return values.percentileSince(copies[copy % COPIES], share);
            }
        }
        return 0;
    }
}
