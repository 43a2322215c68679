package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SpeedTargetTest {
    @Test
    void aLongWayLimitsTheMessagesInFlight() {
        assertThat(SpeedTarget.lowest(65_536, Duration.ofMillis(400), 1_000_000))
                .isEqualTo(0.8 * 163_840);
        assertThat(SpeedTarget.lowest(999, Duration.ofMillis(50), 1_000_000)).isEqualTo(0.8 * 19_980);
    }

    @Test
    void aShortWayIsLimitedByTheSpeedWithoutADistance() {
        assertThat(SpeedTarget.lowest(65_536, Duration.ofMillis(10), 300_000)).isEqualTo(0.8 * 240_000);
        assertThat(SpeedTarget.lowest(65_536, Duration.ZERO, 300_000)).isEqualTo(0.8 * 240_000);
    }
}
