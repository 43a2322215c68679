package io.jetsink.publish;

import io.jetsink.publish.FailureTriage.Verdict;
import java.util.function.LongSupplier;

/**
 * Decides when a misconfiguration that may resolve itself fails the task (ADR 0026).
 *
 * <p>The task fails when attempts have failed with a misconfiguration, and with nothing else, for
 * {@link GracePeriod#misconfiguration}, at the start of the task as well as later. Each attempt has a fresh connection and
 * fresh credentials, so a stream may be created or a permission restored in the meantime. The life of a connection does not
 * count beyond {@link GracePeriod#attempt}: a quiet topic does not use the grace period up, and a misconfiguration that is
 * known only by missing acks does not extend it. An outage in between does not count and excuses nothing, unless it is an
 * overload, which may cause refusals, or lasts longer than the grace period.
 *
 * <p>A connection is healthy if something was stored over it, or if it lasted for {@link GracePeriod#healthy}. Failures
 * before a healthy connection are forgotten. After a healthy connection, a missing flag of the stream does not fail the
 * task (ADR 0037). Confined to the supervisor's background thread.
 */
final class MisconfigurationGrace {
    private final LongSupplier clock;
    private final GracePeriod grace;
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
    /** Whether the task has had a healthy connection. */
    private boolean ran;

    MisconfigurationGrace(LongSupplier clock, GracePeriod grace) {
        this.clock = clock;
        this.grace = grace;
    }

    /** Notes that an epoch has begun. */
    void connected() {
        connected = true;
        connectedAt = clock.getAsLong();
    }

    /**
     * Notes that there is no connection any more.
     *
     * @param stored whether anything was stored since the connection before
     * @return whether it was healthy
     */
    boolean disconnected(boolean stored) {
        long lived = connected ? clock.getAsLong() - connectedAt : 0;
        boolean healthy = stored || (connected && lived >= grace.healthy().toNanos());
        connected = false;
        uptime += Math.max(0, lived - grace.attempt().toNanos());
        if (healthy) {
            ran = true;
            forget();
        }
        return healthy;
    }

    /**
     * Returns whether the task waits for a flag of the stream, however long: a task that ran has met the requirements, so
     * another tool has switched the flag off. Notes the failure if so.
     */
    boolean waitsFor(Throwable failure) {
        if (!ran || !FailureTriage.isMissingFlag(failure)) {
            return false;
        }
        begun = !known;
        known = true;
        refused = false;
        return true;
    }

    /** Notes a failure. @return whether the task fails */
    boolean isOver(Verdict verdict) {
        if (verdict == Verdict.MISCONFIGURED) {
            return isOver();
        }
        refused = false;
        if (verdict == Verdict.BACK_PRESSURE) {
            forget();
        }
        return verdict == Verdict.STOP;
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
        } else if (since > grace.misconfiguration().toNanos()) {
            forget();
        }
        begun = !known;
        known = true;
        refused = true;
        refusedAt = now;
        uptime = 0;
        return lasted >= grace.misconfiguration().toNanos();
    }

    private void forget() {
        refused = false;
        known = false;
        lasted = 0;
    }
}
