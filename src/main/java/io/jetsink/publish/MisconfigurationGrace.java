package io.jetsink.publish;

import io.jetsink.publish.FailureTriage.Verdict;
import java.util.function.LongSupplier;

/**
 * Decides when a failure that may pass counts as one that will not, for running tasks the only place that does (ADR 0026).
 *
 * <p>A misconfiguration stops the task when attempts have failed with it, and with nothing else, for
 * {@link GracePeriod#misconfiguration}, at the start of a task as well as later. Each attempt has a fresh connection and
 * fresh credentials, so a stream may be created or a user get its rights back in the meantime. The life of a
 * connection does not count beyond {@link GracePeriod#attempt}, so that neither a quiet topic uses the grace period up nor a
 * misconfiguration that shows only in missing acks extends it. An outage in between does not count either and excuses nothing, unless it is an overload, of
 * which refusals may be a part, or lasts longer than the grace period.
 *
 * <p>A connection is healthy if something was stored over it, or if it lasted for {@link GracePeriod#healthy}. Failures
 * before a healthy connection are forgotten.
 *
 * <p><b>Threads.</b> Confined to the link's background thread.
 */
final class MisconfigurationGrace {
    private final LongSupplier clock;
    private final long graceNanos;
    private final long attemptNanos;
    private final long healthyNanos;

    private boolean connected;
    private long connectedAt;
    /** Whether the latest failure was a misconfiguration. */
    private boolean refused;

    private long refusedAt;
    /** Nanoseconds of connections since {@link #refusedAt} that do not count. */
    private long uptime;
    /** Nanoseconds in which attempts failed with a misconfiguration. */
    private long lasted;

    /** Whether there was a misconfiguration that is not forgotten. */
    private boolean known;

    private boolean begun;

    /** @param clock nanoseconds that only go forward */
    MisconfigurationGrace(LongSupplier clock, GracePeriod grace) {
        this.clock = clock;
        this.graceNanos = grace.misconfiguration().toNanos();
        this.attemptNanos = grace.attempt().toNanos();
        this.healthyNanos = grace.healthy().toNanos();
    }

    /** A connection is up and may be published over. */
    void connected() {
        connected = true;
        connectedAt = clock.getAsLong();
    }

    /**
     * The connection, if there was one, is gone.
     *
     * @param stored whether anything was stored since the connection before
     * @return whether it was healthy
     */
    boolean disconnected(boolean stored) {
        long lived = connected ? clock.getAsLong() - connectedAt : 0;
        boolean healthy = stored || (connected && lived >= healthyNanos);
        connected = false;
        uptime += Math.max(0, lived - attemptNanos);
        if (healthy) {
            forget();
        }
        return healthy;
    }

    /**
     * One more failure.
     *
     * @return whether it stops the task
     */
    boolean isOver(Verdict verdict) {
        switch (verdict) {
            case STOP -> {
                return true;
            }
            case MISTAKE -> {
                return isOver();
            }
            case BACK_PRESSURE -> forget();
            default -> refused = false;
        }
        return false;
    }

    /** Whether the latest misconfiguration is the first that is not forgotten. */
    boolean hasBegun() {
        return begun;
    }

    private boolean isOver() {
        long now = clock.getAsLong();
        long since = now - refusedAt;
        if (refused) {
            lasted += since - uptime;
        } else if (since > graceNanos) {
            forget();
        }
        begun = !known;
        known = true;
        refused = true;
        refusedAt = now;
        uptime = 0;
        return lasted >= graceNanos;
    }

    private void forget() {
        refused = false;
        known = false;
        lasted = 0;
    }
}
