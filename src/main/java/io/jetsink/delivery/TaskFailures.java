package io.jetsink.delivery;

import io.jetsink.message.Coordinates;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import io.jetsink.publish.EpochSupervisor;
import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures that end the task, noted when they occur and thrown in {@code put}. Confined to the task thread. */
final class TaskFailures {
    private static final Logger LOG = LoggerFactory.getLogger(TaskFailures.class);

    private final String name;
    private final EpochSupervisor supervisor;
    private final @Nullable Duration retryTimeout;
    private @Nullable ConnectException fatal;
    /** Why the record at the published cursor cannot be translated yet; null if it can. */
    private @Nullable String translationFailure;

    /**
     * @param name of the task, for log lines
     * @param retryTimeout how long an outage may last; null for no limit
     */
    TaskFailures(String name, EpochSupervisor supervisor, @Nullable Duration retryTimeout) {
        this.name = name;
        this.supervisor = supervisor;
        this.retryTimeout = retryTimeout;
    }

    void fatal(ConnectException failure) {
        fatal = failure;
    }

    /** Notes that a record has to wait for something its translation needs. The next {@code put} tries again. */
    void noteUntranslatable(SinkRecord record, RetriableException cause) {
        String reason = Coordinates.of(record) + " cannot be translated yet: "
                + LogSafeText.of(String.valueOf(cause.getMessage()));
        if (translationFailure == null) {
            LOG.warn(
                    "{} {}: {}; the task retries, and records wait in Kafka",
                    ErrorCode.NOT_TRANSLATED_YET,
                    name,
                    reason);
        }
        translationFailure = reason;
    }

    void noteTranslated() {
        translationFailure = null;
    }

    boolean isTranslationBlocked() {
        return translationFailure != null;
    }

    void throwIfFatal() {
        ConnectException failure = fatal == null ? supervisor.fatalError() : fatal;
        if (failure != null) {
            throw failure;
        }
    }

    void throwIfOutageIsTooLong(StallWatch stall) {
        if (retryTimeout != null && stall.outageOutlasts(retryTimeout)) {
            throw new ConnectException(
                    ErrorCode.OUTAGE_TOO_LONG.text("nothing was stored for " + retryTimeout.toMillis()
                            + " ms (publish.retry.timeout.ms; -1 waits forever): "
                            + (translationFailure == null ? supervisor.lastFailure() : translationFailure)));
        }
    }
}
