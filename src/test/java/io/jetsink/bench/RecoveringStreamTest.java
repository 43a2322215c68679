package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RecoveringStreamTest {
    private static final Instant FAULT = Instant.ofEpochMilli(10_000);

    @Test
    void theStallEndsAfterTheLongestTimeWithoutAMessage() {
        assertThat(endOfStall(20_000, -5_000, -2, 3, 8, 4_000, 4_010, 4_500)).isEqualTo(FAULT.plusMillis(4_000));
    }

    @Test
    void theStallBeginsWithTheFault() {
        assertThat(endOfStall(20_000, -5_000, 900, 1_700)).isEqualTo(FAULT.plusMillis(900));
    }

    @Test
    void aPauseAfterTheRecoveryDoesNotCount() {
        assertThat(endOfStall(1_000, 400, 500, 9_000)).isEqualTo(FAULT.plusMillis(400));
    }

    /** @param stored milliseconds since the fault */
    private static Instant endOfStall(long recovered, long... stored) {
        List<Instant> times = LongStream.of(stored).mapToObj(FAULT::plusMillis).toList();
        return RecoveringStream.endOfStall(times, FAULT, FAULT.plusMillis(recovered));
    }
}
