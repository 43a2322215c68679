package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamTally;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Each record is stored 100 ms after the previous one. */
class RunVerdictTest {
    @Test
    void allRecordsCount() {
        assertThat(RunVerdict.counted(run("fast", 5), stored(0, 1, 2, 3, 4), true))
                .hasSize(5);
    }

    @Test
    void theRampAndTheRecordsAfterTheLimitDoNotCount() {
        Run run = run("fast", 100).time(Duration.ofMillis(200), Duration.ofMillis(300));

        assertThat(RunVerdict.counted(run, stored(0, 1, 2, 3, 4, 5, 6, 7), false))
                .extracting(StreamEntry::sequence)
                .containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void theRampIsAtMostHalfOfTheRun() {
        Run run = run("fast", 7).time(Duration.ofSeconds(9), Duration.ofSeconds(9));

        assertThat(RunVerdict.counted(run, stored(0, 1, 2, 3, 4, 5, 6), true))
                .extracting(StreamEntry::sequence)
                .containsExactly(3L, 4L, 5L, 6L);
    }

    @Test
    void aSlowArmCountsItsShareOfTheTopic() {
        assertThat(RunVerdict.counted(run("sync", 3), stored(0, 1, 2, 3, 4), true))
                .hasSize(3);
    }

    @Test
    void aLostADuplicatedAndAMissingRecordFailTheRun() {
        assertFails(stored(0, 2, 3), false);
        assertFails(stored(0, 1, 1, 2), false);
        assertFails(stored(0, 1, 2), true);
    }

    @Test
    void theSinkThatDoesNothingHasToStoreBothEnds() {
        assertThat(RunVerdict.counted(run("do-nothing", 9), stored(0, 8), true)).hasSize(2);
        assertThatIllegalStateException()
                .isThrownBy(() -> RunVerdict.counted(run("do-nothing", 9), stored(0, 7), true));
    }

    private static void assertFails(StreamTally tally, boolean complete) {
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> RunVerdict.counted(run("fast", 5), tally, complete));
    }

    private static Run run(String arm, int records) {
        return new Run(Arm.named(arm, 1).get(0), "topic", records);
    }

    private static StreamTally stored(long... sequences) {
        StreamTally tally = new StreamTally();
        for (int i = 0; i < sequences.length; i++) {
            tally.add(new StreamEntry(0, sequences[i], i + 1, Instant.EPOCH.plusMillis(100L * i)));
        }
        return tally;
    }
}
