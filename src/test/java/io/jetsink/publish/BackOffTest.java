package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackOffTest {
    private static final Duration FIRST = Duration.ofMillis(100);
    private static final Duration LIMIT = Duration.ofSeconds(1);

    @Test
    void doublesUpToTheLimit() {
        BackOff backOff = new BackOff(FIRST, LIMIT, random(0));

        assertThat(new long[] {millis(backOff), millis(backOff), millis(backOff), millis(backOff), millis(backOff)})
                .containsExactly(100, 200, 400, 800, 1000);
        assertThat(millis(backOff)).isEqualTo(1000);
    }

    @Test
    void beginsSmallAgainAfterASuccess() {
        BackOff backOff = new BackOff(FIRST, LIMIT, random(0));
        backOff.next();
        backOff.next();

        backOff.reset();

        assertThat(millis(backOff)).isEqualTo(100);
    }

    @Test
    void takesAFifthOffAtMost() {
        assertThat(millis(new BackOff(FIRST, LIMIT, random(0.5)))).isEqualTo(90);
        BackOff backOff = new BackOff(FIRST, FIRST, new Random(1));
        for (int i = 0; i < 1000; i++) {
            assertThat(backOff.next()).isBetween(80_000_000L, 100_000_000L);
        }
    }

    @Test
    void staysAtTheLimitHoweverManyFailuresThereAre() {
        BackOff backOff = new BackOff(FIRST, LIMIT, random(0));
        for (int i = 0; i < 10_000; i++) {
            backOff.next();
        }

        assertThat(millis(backOff)).isEqualTo(1000);
    }

    @Test
    void neverWaitsForLessThanTheFirstPause() {
        assertThat(millis(new BackOff(LIMIT, FIRST, random(0)))).isEqualTo(1000);
    }

    private static long millis(BackOff backOff) {
        return Duration.ofNanos(backOff.next()).toMillis();
    }

    private static RandomGenerator random(double always) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public double nextDouble() {
                return always;
            }
        };
    }
}
