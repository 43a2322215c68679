package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.FailureTriage.Verdict;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PatienceTest {
    private final AtomicLong clock = new AtomicLong();
    private final Patience patience = new Patience(clock::get);

    @Test
    void whatIsDefiniteStopsAtOnce() {
        assertThat(patience.isOver(Verdict.STOP)).isTrue();
    }

    @Test
    void aConnectorThatNeverWorkedIsWrongAfterThreeMistakes() {
        assertThat(patience.isOver(Verdict.MISTAKE)).isFalse();
        assertThat(patience.isOver(Verdict.MISTAKE)).isFalse();
        assertThat(patience.isOver(Verdict.MISTAKE)).isTrue();
    }

    @Test
    void oneThatWorkedHasAMinute() {
        patience.progressed();
        for (int second = 0; second < 60; second++) {
            assertThat(patience.isOver(Verdict.MISTAKE)).isFalse();
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(patience.isOver(Verdict.MISTAKE)).isTrue();
    }

    @Test
    void theMinuteBeginsAnewWhenSomethingWasStored() {
        patience.progressed();
        patience.isOver(Verdict.MISTAKE);
        clock.addAndGet(Duration.ofSeconds(59).toNanos());
        patience.progressed();
        clock.addAndGet(Duration.ofSeconds(59).toNanos());

        assertThat(patience.isOver(Verdict.MISTAKE)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"STOP", "MISTAKE"},
            mode = EnumSource.Mode.EXCLUDE)
    void anOutageLastsAsLongAsItDoes(Verdict verdict) {
        for (int hour = 0; hour < 100; hour++) {
            assertThat(patience.isOver(verdict)).isFalse();
            clock.addAndGet(Duration.ofHours(1).toNanos());
        }
    }

    @Test
    void anOutageInBetweenDoesNotExcuseAMistake() {
        patience.isOver(Verdict.MISTAKE);
        patience.isOver(Verdict.RETRY);
        patience.isOver(Verdict.MISTAKE);

        assertThat(patience.isOver(Verdict.MISTAKE)).isTrue();
    }
}
