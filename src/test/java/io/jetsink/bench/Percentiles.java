package io.jetsink.bench;

import java.util.Arrays;

/** Percentiles by the nearest rank: each of them is one of the values. */
final class Percentiles {
    private final double[] sorted;

    Percentiles(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        this.sorted = values.clone();
        Arrays.sort(sorted);
    }

    /** @param percent above 0, at most 100 */
    double at(double percent) {
        int rank = (int) Math.ceil(percent / 100 * sorted.length - 1e-9);
        return sorted[Math.max(0, rank - 1)];
    }
}
