package io.jetsink.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecentLatencyTest {
    private final RecentLatency latency = new RecentLatency();

    private void add(long second, long value) {
        latency.tick(nanos(second));
        latency.add(value, 1);
    }

    private double max(long second) {
        return latency.percentile(1, nanos(second));
    }

    private static long nanos(long second) {
        return TimeUnit.SECONDS.toNanos(second) - 1;
    }

    @Test
    void isZeroBeforeTheFirstValue() {
        assertThat(max(0)).isZero();
        latency.tick(nanos(1));
        assertThat(max(1)).isZero();
    }

    @Test
    void aValueIsShownForAtLeastSixtySecondsAndAtMostSeventy() {
        for (long second = 0; second < 300; second++) {
            add(second, second == 200 ? 9 : 2);
            if (second < 200 || second > 270) {
                assertThat(max(second)).as("in second %d", second).isEqualTo(2);
            } else if (second <= 260) {
                assertThat(max(second)).as("in second %d", second).isEqualTo(9);
            }
        }
    }

    /** Connect calls an idle task once in each commit interval. */
    @Test
    void isZeroAgainWhenNothingWasAddedForAMinuteAndNobodyCalls() {
        add(0, 5);
        add(1, 5);

        assertThat(max(60)).isEqualTo(5);
        assertThat(max(72)).isZero();
        assertThat(max(7_200)).isZero();
    }

    @Test
    void aLongPauseBetweenTwoValuesSeparatesThem() {
        add(0, 9);
        add(3_600, 2);

        assertThat(max(3_600)).isEqualTo(2);
        assertThat(latency.atLeast(0)).isEqualTo(2);
    }
}
