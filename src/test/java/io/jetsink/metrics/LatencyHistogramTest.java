package io.jetsink.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();
    private final long[] nothing = new long[LatencyHistogram.BUCKETS];

    @Test
    void eachBucketBeginsWhereTheOneBeforeEnds() {
        for (int bucket = 1; bucket < LatencyHistogram.BUCKETS; bucket++) {
            long floor = LatencyHistogram.floor(bucket);

            assertThat(LatencyHistogram.bucket(floor)).isEqualTo(bucket);
            assertThat(LatencyHistogram.bucket(floor - 1)).isEqualTo(bucket - 1);
        }
    }

    /** In microseconds, the thresholds of the over-N counters. */
    @ParameterizedTest
    @ValueSource(longs = {1_000, 5_000, 25_000, 100_000, 500_000, 2_500_000, 10_000_000})
    void thresholdsAreBordersOfBuckets(long threshold) {
        assertThat(LatencyHistogram.floor(LatencyHistogram.bucket(threshold))).isEqualTo(threshold);
        histogram.add(threshold - 1, 3);
        histogram.add(threshold, 4);
        histogram.add(threshold + 1, 5);

        assertThat(histogram.atLeast(threshold)).isEqualTo(9);
    }

    @Test
    void everyValueIsCounted() {
        histogram.add(Long.MIN_VALUE, 1);
        histogram.add(-1, 1);
        histogram.add(0, 1);
        histogram.add(Long.MAX_VALUE, 1);

        assertThat(histogram.atLeast(0)).isEqualTo(4);
        assertThat(histogram.atLeast(1)).isEqualTo(1);
    }

    @Test
    void percentilesAreWithinFivePercent() {
        Random random = new Random(7);
        long[] values = new long[10_000];
        for (int i = 0; i < values.length; i++) {
            // From 1 us to about 20 minutes, evenly on a logarithmic scale.
            values[i] = (long) Math.exp(random.nextDouble() * 21);
            histogram.add(values[i], 1);
        }
        Arrays.sort(values);

        for (double share : new double[] {0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1}) {
            double exact = values[(int) Math.ceil(share * values.length) - 1];
            assertThat(histogram.percentileSince(nothing, share))
                    .as("%s of the values", share)
                    .isCloseTo(exact, within(exact * 0.0499));
        }
    }

    @Test
    void percentilesCoverOnlyWhatWasAddedSinceTheCopy() {
        histogram.add(7, 1_000);
        long[] copy = new long[LatencyHistogram.BUCKETS];
        histogram.copyTo(copy);
        assertThat(histogram.percentileSince(copy, 0.5)).isZero();

        histogram.add(9, 2);
        histogram.add(3, 1);

        assertThat(histogram.percentileSince(copy, 0.5)).isEqualTo(9);
        assertThat(histogram.percentileSince(copy, 0.3)).isEqualTo(3);
        assertThat(histogram.percentileSince(nothing, 0.5)).isEqualTo(7);
    }
}
