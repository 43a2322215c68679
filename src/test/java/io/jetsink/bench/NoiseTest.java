package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NoiseTest {
    private static final Map<String, Spread> NARROW = Map.of("fast", new Spread(100, 80, 130));

    @Test
    void aQuietRunHasNoReasons() {
        assertThat(Noise.reasons(List.of(0.0, 0.15, 0.1), NARROW)).isEmpty();
    }

    @Test
    void otherLoadInTheMedianIsNoise() {
        assertThat(Noise.reasons(List.of(0.0, 0.2, 0.3), NARROW))
                .containsExactly("other processes used 0.20 cores in the median of the measurements, more than 0.15");
    }

    @Test
    void otherLoadDuringOneMeasurementIsNoNoise() {
        assertThat(Noise.reasons(List.of(0.0, 0.1, 2.0), NARROW)).isEmpty();
    }

    @Test
    void aWideSpreadIsNoise() {
        Map<String, Spread> wide = Map.of("fast", new Spread(100, 70, 131));

        assertThat(Noise.reasons(List.of(0.0), wide))
                .containsExactly("minimum and maximum of fast are 0.61 of the median apart, more than 0.60");
    }

    @Test
    void unknownLoadIsNoReason() {
        assertThat(Noise.reasons(List.of(Double.NaN), NARROW)).isEmpty();
        assertThat(Noise.reasons(List.of(Double.NaN, 0.5), NARROW)).hasSize(1);
    }
}
