package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    @Test
    void aPercentileIsTheNearestRank() {
        Percentiles hundred = of(100);

        assertThat(hundred.at(50)).isEqualTo(50);
        assertThat(hundred.at(99)).isEqualTo(99);
        assertThat(hundred.at(99.9)).isEqualTo(100);
        assertThat(hundred.at(100)).isEqualTo(100);
        assertThat(of(1_000).at(99.9)).isEqualTo(999);
    }

    @Test
    void oneValueIsEachPercentile() {
        assertThat(of(1).at(0.1)).isEqualTo(1);
        assertThat(of(1).at(99.9)).isEqualTo(1);
    }

    @Test
    void nothingHasNoPercentile() {
        assertThatIllegalArgumentException().isThrownBy(() -> of(0));
    }

    /** The values from the given one down to 1. */
    private static Percentiles of(int highest) {
        return new Percentiles(
                IntStream.range(0, highest).mapToDouble(i -> highest - i).toArray());
    }
}
