package io.jetsink.publish;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what operators need to know of a link: an outage is one WARN when it begins and one a minute, not one an attempt, also
 * if connecting works. A misconfiguration that begins amid an outage is logged at once.
 *
 * <p><b>Threads.</b> Confined to the link's background thread.
 */
final class OutageLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutageLog.class);
    private static final long REMIND = Duration.ofMinutes(1).toNanos();

    private final String name;
    private final GracePeriod grace;
    private final LongSupplier clock;
    private boolean reminding;
    private long remindAt;
    /** Whether an outage was logged and the connection that ended it was not. */
    private boolean open = true;

    /** @param clock nanoseconds that only go forward */
    OutageLog(String name, GracePeriod grace, LongSupplier clock) {
        this.name = name;
        this.grace = grace;
        this.clock = clock;
    }

    void connected(String server, String version) {
        String text = "{}: connected to {} (nats-server {})";
        if (open) {
            LOG.info(text, name, server, version);
        } else {
            LOG.debug(text, name, server, version);
        }
        open = false;
    }

    /** The link works: the next failure begins another outage. */
    void over() {
        reminding = false;
    }

    /**
     * @param reason for people
     * @param begins whether a misconfiguration begins
     * @param lasts whether there is a misconfiguration
     */
    void failed(String reason, Throwable cause, long pauseNanos, boolean begins, boolean lasts) {
        long now = clock.getAsLong();
        String text = "{}: no working link to NATS ({}); trying again in {} ms, records wait in Kafka meanwhile{}";
        long millis = TimeUnit.NANOSECONDS.toMillis(pauseNanos);
        String limit = lasts
                ? "; the task fails if this lasts for "
                        + grace.misconfiguration().toSeconds() + " s"
                : "";
        if (begins || !reminding || now - remindAt >= 0) {
            reminding = true;
            remindAt = now + REMIND;
            open = true;
            if (cause instanceof Error) {
                LOG.warn(text, name, reason, millis, limit, cause);
            } else {
                LOG.warn(text, name, reason, millis, limit);
            }
        }
        LOG.debug(text, name, reason, millis, limit, cause);
    }
}
