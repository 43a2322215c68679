package io.jetsink.metrics;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts values in log-linear buckets: each decade has 90 buckets of equal width, so that every number with two significant
 * digits is a border. Counts only grow. One histogram therefore yields counters of values beyond a border, and the difference
 * of two copies yields the percentiles of the time between them.
 *
 * <p>One thread adds values. Any thread reads.
 */
final class LatencyHistogram {
    private static final int STEPS = 90;
    /** Values below this number have a bucket each. */
    private static final int LINEAR = 10;

    private static final int DECADES = 9;
    /** The last bucket holds all values beyond the last decade. */
    static final int BUCKETS = LINEAR + DECADES * STEPS + 1;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

    /** Adds a value this many times. A negative value counts as 0. */
    void add(long value, long times) {
        int bucket = bucket(value);
        counts.setOpaque(bucket, counts.getPlain(bucket) + times);
    }

    /** Returns how many values were at least this high; exact if the limit is a border of buckets. */
    long atLeast(long limit) {
        long sum = 0;
        for (int bucket = bucket(limit); bucket < BUCKETS; bucket++) {
            sum += counts.getOpaque(bucket);
        }
        return sum;
    }

    void copyTo(long[] target) {
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            target[bucket] = counts.getOpaque(bucket);
        }
    }

    /**
     * Returns the value below or at which this share of the values lies that were added since a copy was made; 0 if there is
     * none. The error is less than 5 %.
     *
     * @param share from 0 to 1; 1 is the highest value
     */
    double percentileSince(long[] copy, double share) {
        long[] added = new long[BUCKETS];
        long total = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            added[bucket] = counts.getOpaque(bucket) - copy[bucket];
            total += added[bucket];
        }
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            seen += added[bucket];
            if (seen >= rank) {
                return middle(bucket);
            }
        }
        return 0;
    }

    /** Returns the bucket of a value. */
    static int bucket(long value) {
        if (value < LINEAR) {
            return (int) Math.max(value, 0);
        }
        int first = LINEAR;
        long width = 1;
        while (value / width >= LINEAR * LINEAR) {
            width *= LINEAR;
            first += STEPS;
            if (first == BUCKETS - 1) {
                return first;
            }
        }
        return first + (int) (value / width) - LINEAR;
    }

    /** Returns the lowest value of a bucket. */
    static long floor(int bucket) {
        if (bucket < LINEAR) {
            return bucket;
        }
        long floor = (bucket - LINEAR) % STEPS + LINEAR;
        for (int decade = (bucket - LINEAR) / STEPS; decade > 0; decade--) {
            floor *= LINEAR;
        }
        return floor;
    }

    /** Returns the value with the smallest relative distance to both borders of a bucket. */
    private static double middle(int bucket) {
        double low = floor(bucket);
        double high = floor(Math.min(bucket + 1, BUCKETS - 1));
        return high - low <= 1 ? low : 2 * low * high / (low + high);
    }
}
