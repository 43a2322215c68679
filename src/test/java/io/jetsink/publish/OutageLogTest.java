package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Logged;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutageLogTest {
    private static final IOException CAUSE = new IOException("refused");
    private static final long PAUSE = Duration.ofMillis(100).toNanos();
    private static final String OUTAGE =
            "WARN orders-0: no working link to NATS (down); trying again in 100 ms, records"
                    + " wait in Kafka meanwhile";

    private final AtomicLong clock = new AtomicLong();
    private final OutageLog log = new OutageLog("orders-0", GracePeriod.DEFAULT, clock::get);
    private final Logged lines = Logged.of(OutageLog.class.getName());

    @AfterEach
    void stop() {
        lines.close();
    }

    @Test
    void anOutageIsOneLineAndOneAMinute() {
        for (int second = 0; second < 120; second++) {
            log.failed("down", CAUSE, PAUSE, false, false);
            log.connected("nats://a", "2.15.1");
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(warnings()).containsExactly(OUTAGE, OUTAGE);
    }

    @Test
    void theNextOutageIsALineOfItsOwn() {
        log.failed("down", CAUSE, PAUSE, false, false);
        log.over();
        log.failed("down", CAUSE, PAUSE, false, false);

        assertThat(warnings()).hasSize(2);
    }

    @Test
    void aMisconfigurationThatBeginsAmidAnOutageIsLoggedAtOnceWithItsLimit() {
        log.failed("down", CAUSE, PAUSE, false, false);
        log.failed("no stream", CAUSE, PAUSE, true, true);
        log.failed("no stream", CAUSE, PAUSE, false, true);

        assertThat(warnings()).hasSize(2);
        assertThat(warnings().get(1)).contains("(no stream)").endsWith("; the task fails if this lasts for 60 s");
    }

    private List<String> warnings() {
        return lines.lines().stream().filter(line -> line.startsWith("WARN")).toList();
    }
}
