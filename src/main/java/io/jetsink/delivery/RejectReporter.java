package io.jetsink.delivery;

import io.jetsink.message.Coordinates;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import io.jetsink.message.RejectedRecordException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands records that can never be stored to Connect's own error handling, which decides what happens to them. Confined to
 * the task thread, and to {@code put}: Connect awaits the reports made in {@code put} before the next commit. A record
 * reported later could be committed before its report is stored.
 */
public final class RejectReporter {
    private static final Logger LOG = LoggerFactory.getLogger(RejectReporter.class);
    private static final Duration WAIT = Duration.ofMillis(200);

    private final String name;
    private final @Nullable ErrantRecordReporter reporter;
    private final boolean tolerateAll;
    private final boolean awaitReports;
    /** The report that is not stored yet. */
    private @Nullable Future<Void> report;

    /** The record that was reported last. */
    private @Nullable SinkRecord reporting;

    private long rejected;

    /**
     * @param name of the task, for log lines
     * @param reporter Connect's reporter, or null if neither a dead letter queue nor {@code errors.log.enable} is set
     * @param tolerateAll whether {@code errors.tolerance} is {@code all}; without a reporter, records are then skipped
     * @param awaitReports whether the report of a record has to be stored before any later record is published: an offset
     *     marker in the stream would cover the rejected record. Otherwise Connect's wait before the commit is enough.
     */
    public RejectReporter(
            String name, @Nullable ErrantRecordReporter reporter, boolean tolerateAll, boolean awaitReports) {
        this.name = name;
        this.reporter = reporter;
        this.tolerateAll = tolerateAll;
        this.awaitReports = awaitReports;
    }

    /**
     * Reports a record. A second call with the same record continues the first.
     *
     * @return whether the record is settled; if not, the report is not stored yet: call again
     * @throws ConnectException if {@code errors.tolerance=none}: the task has to fail at this record
     */
    boolean report(SinkRecord record, RejectedRecordException why) throws InterruptedException {
        if (report == null || record != reporting) {
            report = send(record, why);
            reporting = record;
        }
        if (awaitReports && report != null && !isDone(report)) {
            return false;
        }
        report = null;
        return true;
    }

    private @Nullable Future<Void> send(SinkRecord record, RejectedRecordException why) {
        // The connector's own messages never quote a record. Those of a plug-in may, so the text is escaped.
        String text =
                Coordinates.of(record) + " was rejected: " + LogSafeText.escaped(String.valueOf(why.getMessage()));
        if (reporter == null && tolerateAll) {
            if (isDue()) {
                LOG.warn(
                        "{} {}: {} (records skipped so far, because errors.tolerance=all without a dead letter queue: {};"
                                + " to keep such records, set errors.deadletterqueue.topic.name)",
                        why.code(),
                        name,
                        text,
                        rejected);
            }
            return null;
        }
        if (reporter == null) {
            throw new ConnectException(
                    why.code()
                            .text(text + " (to keep such records in a dead letter queue, set errors.tolerance=all and"
                                    + " errors.deadletterqueue.topic.name)"),
                    why);
        }
        Future<Void> sent;
        try {
            sent = reporter.report(
                    record, new RejectedRecordException(why.code(), why.code().text(text), why));
        } catch (ConnectException intolerant) {
            throw new ConnectException(why.code().text(text), intolerant);
        }
        if (isDue()) {
            LOG.warn("{} {}: {} (records that this task has rejected so far: {})", why.code(), name, text, rejected);
        } else {
            LOG.debug("{} {}: {}", why.code(), name, text);
        }
        return sent;
    }

    /** Counts a record. Returns whether to log it: the 1st, 2nd, 4th, 8th and so on, never each record. */
    private boolean isDue() {
        return Long.bitCount(++rejected) == 1;
    }

    private static boolean isDone(Future<Void> pending) throws InterruptedException {
        try {
            pending.get(WAIT.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new ConnectException(
                    ErrorCode.NOT_REPORTED.text("a rejected record could not be reported: check"
                            + " errors.deadletterqueue.topic.name and restart the task"),
                    e);
        }
    }
}
