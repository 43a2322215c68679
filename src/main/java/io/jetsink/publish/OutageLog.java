package io.jetsink.publish;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the outages of a connection. An outage is one WARN when it begins and one a minute, instead of one per attempt, also
 * if connecting succeeds in between. A misconfiguration that begins during an outage is logged at once.
 *
 * <p><b>Threads.</b> Confined to the supervisor's background thread, except {@link #serverError} and {@link #lastFailure}.
 */
final class OutageLog {
    private static final Logger LOG = LoggerFactory.getLogger(OutageLog.class);
    private static final long REMIND = Duration.ofMinutes(1).toNanos();
    /** Characters of a server error. Its text may quote a subject, and a subject may contain a record's key. */
    private static final int MAX_ERROR = 256;

    private final String name;
    private final GracePeriod grace;
    private final LongSupplier clock;
    private volatile String lastFailure = "no connection yet";
    private volatile @Nullable String serverError;
    /** When a missing permission of this code may be logged again: its subject differs with each connection or record. */
    private final Map<ErrorCode, Long> violations = new EnumMap<>(ErrorCode.class);

    private boolean reminding;
    private long remindAt;
    /** Whether an outage was logged and the connection that ended it was not. */
    private boolean open = true;

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

    /**
     * Logs the server's {@code -ERR} text, unless the text before was the same. Missing permissions of one kind are logged once a
     * minute. Any thread.
     */
    void serverError(String text) {
        String shown = LogSafeText.of(text, MAX_ERROR);
        if (shown.equals(serverError)) {
            return;
        }
        serverError = shown;
        ErrorCode code = PermissionsViolation.codeOf(text);
        if (isDue(code)) {
            LOG.warn("{} {}: the server reported: {}", code, name, shown);
        } else {
            LOG.debug("{} {}: the server reported: {}", code, name, shown);
        }
    }

    private synchronized boolean isDue(ErrorCode code) {
        long now = clock.getAsLong();
        Long next = violations.get(code);
        if (next != null && now - next < 0) {
            return false;
        }
        if (code != ErrorCode.SERVER_ERROR) {
            violations.put(code, now + REMIND);
        }
        return true;
    }

    /** Why there is no epoch, or why the last one ended. Any thread. */
    String lastFailure() {
        return lastFailure;
    }

    /** Notes a failure, to be logged by {@link #failed}. */
    void noteFailure(Throwable cause) {
        String reported = serverError;
        lastFailure = LogSafeText.escaped(FailureTriage.describeWithAdvice(cause))
                + (reported == null ? "" : "; the server reported: " + reported);
    }

    /** Notes that the connection was healthy: the next failure begins another outage. */
    synchronized void over() {
        serverError = null;
        violations.clear();
        reminding = false;
    }

    /** Logs {@link #lastFailure}. */
    void failed(Throwable cause, long pauseNanos, boolean misconfigurationBegins, boolean misconfigured) {
        long now = clock.getAsLong();
        ErrorCode code = FailureTriage.codeOf(cause);
        String text = "{} {}: no working link to NATS ({}); trying again in {} ms, records wait in Kafka meanwhile{}";
        long millis = TimeUnit.NANOSECONDS.toMillis(pauseNanos);
        String limit = misconfigured
                ? "; the task fails if this lasts for "
                        + grace.misconfiguration().toSeconds() + " s"
                : "";
        if (misconfigurationBegins || !reminding || now - remindAt >= 0) {
            reminding = true;
            remindAt = now + REMIND;
            open = true;
            // The stack trace of an Error only.
            LOG.warn(text, code, name, lastFailure, millis, limit, cause instanceof Error ? cause : null);
        }
        LOG.debug(text, code, name, lastFailure, millis, limit, cause);
    }
}
