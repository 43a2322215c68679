package io.jetsink.task;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.publish.GracePeriod;
import java.time.Duration;

/** Tasks that fail of a misconfiguration within moments and not after a minute, for tests of why they fail. */
final class Impatient {
    /** At the second or third attempt with the default back-off. */
    static final GracePeriod GRACE = new GracePeriod(Duration.ofMillis(100), Duration.ZERO, Duration.ofSeconds(60));

    private Impatient() {}

    static NatsJetStreamSinkTask task() {
        return new NatsJetStreamSinkTask(GRACE);
    }
}
