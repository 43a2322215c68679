package io.jetsink.publish.once;

import io.jetsink.message.ErrorCode;
import io.jetsink.publish.FailureTriage;
import io.jetsink.publish.OutageException;
import io.jetsink.publish.UnrecoverableException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a claim may send its next request: after a failure, or while another task claims the same partition, it waits.
 */
final class ClaimPacing {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimPacing.class);
    private static final long RETRY_NANOS = Duration.ofMillis(250).toNanos();
    /** Failures in a row that end the epoch. */
    private static final int MAX_FAILURES = 8;
    /**
     * How long to back off if another task claims the partition at the same time. Connect assigns a partition to one task
     * only, so one of the two has lost it, and is notified within some polls.
     */
    private static final long YIELD_NANOS = Duration.ofSeconds(5).toNanos();
    /** Time without a call after which the partition may have been assigned to another task. */
    private static final long AWAY_NANOS = Duration.ofSeconds(3).toNanos();

    private final TopicPartition partition;
    private final String subject;
    private final LongSupplier clock;
    private long retryAt;
    private long calledAt;
    private int failures;
    /** How often in a row the marker was not found under the subject to which it was written. */
    private int misplaced;
    /** The owner in the marker that was read last, or null. */
    private @Nullable String lastSeenOwner;

    ClaimPacing(TopicPartition partition, String subject, LongSupplier clock) {
        this.partition = partition;
        this.subject = subject;
        this.clock = clock;
        this.retryAt = clock.getAsLong();
        this.calledAt = retryAt;
    }

    /** Returns whether the task did not call for a while, and notes this call. */
    boolean wasAway() {
        long now = clock.getAsLong();
        boolean away = now - calledAt > AWAY_NANOS;
        calledAt = now;
        return away;
    }

    long pauseNanos() {
        return Math.max(0, retryAt - clock.getAsLong());
    }

    /** Returns whether another task has written the marker since it was read before. */
    boolean isContested(String owner, String seen) {
        boolean contested = lastSeenOwner != null && !lastSeenOwner.equals(seen) && !owner.equals(seen);
        lastSeenOwner = seen;
        return contested;
    }

    void yieldToOthers() {
        LOG.debug("{}: another task may be claiming it; waiting for {} ms", partition, YIELD_NANOS / 1_000_000);
        retryAt = clock.getAsLong() + YIELD_NANOS;
    }

    /** @throws OutageException after several failures in a row */
    void failed(String operation, Exception cause) throws OutageException {
        String reason = FailureTriage.describe(cause);
        LOG.debug("{}: {} the offset marker {} is tried again: {}", partition, operation, subject, reason);
        retryAt = clock.getAsLong() + RETRY_NANOS;
        if (++failures == MAX_FAILURES) {
            failures = 0;
            throw new OutageException(
                    FailureTriage.outageOf(cause),
                    operation + " the offset marker " + subject + " fails: " + reason,
                    cause);
        }
    }

    /**
     * Notes that the stream has a marker, by its ack or its refusal, and that none is found under the subject.
     *
     * @throws UnrecoverableException the second time: another client may have removed or written it once
     */
    void misplaced() throws UnrecoverableException {
        retryAt = clock.getAsLong() + RETRY_NANOS;
        if (++misplaced > 1) {
            throw new UnrecoverableException(
                    ErrorCode.MARKERS_MOVED, partition + " cannot be claimed: " + MovedMarkers.text(subject));
        }
    }

    /** Notes that the marker was found under its subject. */
    void found() {
        misplaced = 0;
    }

    void forgetFailures() {
        failures = 0;
    }
}
