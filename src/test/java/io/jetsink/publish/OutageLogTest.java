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
            fail(DOWN, false, false);
            log.connected("nats://a", "2.15.1");
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(warnings()).containsExactly(OUTAGE, OUTAGE);
    }

    @Test
    void theNextOutageIsALineOfItsOwn() {
        fail(DOWN, false, false);
        log.over();
        fail(DOWN, false, false);

        assertThat(warnings()).hasSize(2);
    }

    @Test
    void aMisconfigurationThatBeginsAmidAnOutageIsLoggedAtOnceWithItsLimit() {
        fail(DOWN, false, false);
        fail(new IOException("no stream"), true, true);
        fail(new IOException("no stream"), false, true);

        assertThat(warnings()).hasSize(2);
        assertThat(warnings().get(1)).contains("(no stream)").endsWith("; the task fails if this lasts for 60 s");
    }

    /** Each connection has an inbox of its own, and each record may have a subject of its own. */
    @Test
    void aMissingPermissionIsOneLineAMinuteHoweverItsSubjectChanges() {
        for (int second = 0; second < 120; second++) {
            log.serverError("Permissions Violation for Subscription to \"_INBOX.n" + second + ".*\"");
            log.serverError("Permissions Violation for Publish to \"orders." + second + "\"");
            clock.addAndGet(Duration.ofSeconds(1).toNanos());
        }

        assertThat(warnings())
                .containsExactly(
                        reported("JS-3003", "Subscription to \"_INBOX.n0.*\""),
                        reported("JS-3002", "Publish to \"orders.0\""),
                        reported("JS-3003", "Subscription to \"_INBOX.n60.*\""),
                        reported("JS-3002", "Publish to \"orders.60\""));
        assertThat(lastFailure())
                .endsWith("; the server reported: Permissions Violation for Publish to \"orders.119\"");
    }

    @Test
    void aMissingPermissionAfterAnOutageIsLoggedAtOnce() {
        log.serverError("Permissions Violation for Publish to \"orders.1\"");
        log.over();
        log.serverError("Permissions Violation for Publish to \"orders.2\"");

        assertThat(warnings()).hasSize(2);
    }

    @Test
    void otherErrorsOfTheServerAreLoggedWhenTheyDiffer() {
        for (String text : List.of("Slow Consumer", "Slow Consumer", "Maximum Payload Violation", "Slow Consumer")) {
            log.serverError(text);
        }

        assertThat(warnings())
                .hasSize(3)
                .allMatch(line -> line.startsWith("WARN [JS-2007] orders-0: the server reported: "));
    }

    private static String reported(String code, String what) {
        return "WARN [" + code + "] orders-0: the server reported: Permissions Violation for " + what;
    }

    private String lastFailure() {
        log.noteFailure(DOWN);
        return log.lastFailure();
    }

    private void fail(IOException cause, boolean begins, boolean lasts) {
        log.noteFailure(cause);
        log.failed(cause, PAUSE, begins, lasts);
    }

    private List<String> warnings() {
        return lines.lines("WARN");
    }
}
