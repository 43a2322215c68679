package io.jetsink.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Logged;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PauseLogTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final String PAUSED =
            "INFO orders-0: paused: the records wait in Kafka until messages are acked again";

    private final ManualClock clock = new ManualClock();
    private final PauseLog log = new PauseLog("orders-0", clock);
    private final Logged lines = Logged.of(PauseLog.class.getName());

    @AfterEach
    void close() {
        lines.close();
    }

    @Test
    void anOutageIsTwoLinesHoweverOftenTheTaskConnectsMeanwhile() {
        for (int second = 0; second < 100; second++) {
            log.note(true, second % 2 == 0);
            clock.advance(SECOND);
        }
        assertThat(lines.lines()).containsExactly(PAUSED);

        log.progress();
        log.note(false, false);
        log.note(false, false);
        assertThat(lines.lines()).containsExactly(PAUSED, "INFO orders-0: resumed after a pause of 100000 ms");
    }

    @Test
    void theNextOutageIsLoggedToo() {
        for (int outage = 0; outage < 2; outage++) {
            log.note(true, true);
            clock.advance(SECOND);
            log.note(true, true);
            log.progress();
            log.note(false, false);
        }

        assertThat(lines.lines()).hasSize(4);
    }

    /** A connection may lack a permission, and a rebalance may take the records away. */
    @Test
    void anOutageIsOverWhenTheStreamAnswersAndNotWhenTheConsumerRuns() {
        log.progress();
        log.note(true, true);
        for (int second = 0; second < 60; second++) {
            clock.advance(SECOND);
            log.note(true, true);
            log.note(false, false);
        }
        assertThat(lines.lines()).containsExactly(PAUSED);

        clock.advance(SECOND);
        log.progress();
        log.note(false, false);
        assertThat(lines.lines()).containsExactly(PAUSED, "INFO orders-0: resumed after a pause of 61000 ms");
    }

    @Test
    void anAnswerBeforeTheOutageDoesNotCount() {
        log.progress();
        log.note(true, true);
        clock.advance(SECOND);
        log.note(true, true);
        log.note(false, false);

        assertThat(lines.lines()).containsExactly(PAUSED);
    }

    @Test
    void aPauseThatWaitsForRoomIsNotLogged() {
        for (int second = 0; second < 100; second++) {
            log.note(true, false);
            clock.advance(SECOND);
        }
        log.note(false, false);

        assertThat(lines.lines()).isEmpty();
    }

    @Test
    void aTaskThatConnectsAtOnceLogsNothing() {
        log.note(true, true);
        clock.advance(SECOND.minusNanos(1));
        log.note(true, true);
        clock.advance(SECOND);
        log.note(true, false);
        log.note(false, false);

        assertThat(lines.lines()).isEmpty();
    }
}
