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
    private static final IOException DOWN = new IOException("down");
    private static final long PAUSE = Duration.ofMillis(100).toNanos();
    private static final String OUTAGE =
            "WARN [JS-2002] orders-0: no working link to NATS (down); trying again in 100 ms, records"
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
            fail(DOWN, false, "");
            log.connected("nats://a", "2.15.1");
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(warnings()).containsExactly(OUTAGE, OUTAGE);
    }

    @Test
    void theNextOutageIsALineOfItsOwn() {
        fail(DOWN, false, "");
        log.over();
        fail(DOWN, false, "");

        assertThat(warnings()).hasSize(2);
    }

    @Test
    void aMisconfigurationThatBeginsAmidAnOutageIsLoggedAtOnceWithItsLimit() {
        fail(DOWN, false, "");
        fail(new IOException("no stream"), true, log.limit());
        fail(new IOException("no stream"), false, log.limit());

        assertThat(warnings()).hasSize(2);
        assertThat(warnings().get(1)).contains("(no stream)").endsWith("; the task fails if this lasts for 60 s");
    }

    private void fail(IOException cause, boolean begins, String consequence) {
        log.noteFailure(cause);
        log.failed(cause, PAUSE, begins, consequence);
    }

    private List<String> warnings() {
        return lines.lines("WARN");
    }
}
