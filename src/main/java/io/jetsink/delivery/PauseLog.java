package io.jetsink.delivery;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs that an outage has paused the consumer, and that the consumer is resumed: one line each for an outage, however often
 * the task connects meanwhile. An outage is over when the stream has answered for a message: a connection alone, or a
 * consumer without records after a rebalance, proves nothing. Pauses that only wait for room in the window are not logged.
 * Confined to the task thread.
 */
final class PauseLog {
    private static final Logger LOG = LoggerFactory.getLogger(PauseLog.class);

    /** A pause that is shorter is no outage: a task that starts has no connection yet. */
    private static final long SOON = Duration.ofSeconds(1).toNanos();

    private final String name;
    private final LongSupplier clock;
    private boolean down;
    private boolean logged;
    /** Whether a message was acked or refused since the last call that noted an outage. */
    private boolean progress;

    private long since;

    /** @param name of the task */
    PauseLog(String name, LongSupplier clock) {
        this.name = name;
        this.clock = clock;
    }

    /** Notes that the stream has answered for a message. */
    void progress() {
        progress = true;
    }

    /**
     * Notes the state of the task at the end of a call of Connect.
     *
     * @param paused whether the consumer is paused
     * @param outage whether there is no connection, or no message is acked
     */
    void note(boolean paused, boolean outage) {
        progress &= !outage;
        if (paused && (outage || down)) {
            long now = clock.getAsLong();
            since = down ? since : now;
            down = true;
            if (outage && !logged && now - since >= SOON) {
                logged = true;
                LOG.info("{}: paused: the records wait in Kafka until messages are acked again", name);
            }
        } else if (!logged) {
            down = false;
        } else if (progress) {
            down = false;
            logged = false;
            LOG.info("{}: resumed after a pause of {} ms", name, (clock.getAsLong() - since) / 1_000_000);
        }
    }
}
