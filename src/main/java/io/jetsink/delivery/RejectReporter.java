package io.jetsink.delivery;

import io.jetsink.message.Coordinates;
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
 * What becomes of records that can never be stored: Connect's own error handling decides, the connector adds none.
 * Confined to the task thread, and to {@code put}: Connect awaits what was reported before the next commit, so a record
 * reported later could be committed before its report is safe.
 */
public final class RejectReporter {
    private static final Logger LOG = LoggerFactory.getLogger(RejectReporter.class);
    private static final Duration WAIT = Duration.ofMillis(200);

    private final @Nullable ErrantRecordReporter reporter;
    private final boolean tolerateAll;
    private final boolean awaitReports;
    /** The report that is on its way, and its record. */
    private @Nullable Future<Void> report;

    private @Nullable SinkRecord reporting;
    private long skipped;

    /**
     * @param reporter Connect's reporter, or null if neither a dead letter queue nor {@code errors.log.enable} is set
     * @param tolerateAll whether {@code errors.tolerance} is {@code all}, which without a reporter means to skip
     * @param awaitReports whether nothing may be published behind a record before its report is safe: a marker in the
     *     stream would tell that it is dealt with. Otherwise Connect's wait before the commit is enough.
     */
    public RejectReporter(@Nullable ErrantRecordReporter reporter, boolean tolerateAll, boolean awaitReports) {
        this.reporter = reporter;
        this.tolerateAll = tolerateAll;
        this.awaitReports = awaitReports;
    }

    /**
     * Reports one record; again with the same one, goes on with that.
     *
     * @return whether the record is dealt with. If not, its report is on its way: ask again.
     * @throws ConnectException if {@code errors.tolerance=none}: the task is to fail at this record
     */
    boolean report(SinkRecord record, RejectedRecordException why) throws InterruptedException {
        Future<Void> pending = report;
        if (pending == null || record != reporting) {
            pending = send(record, why);
        }
        if (awaitReports && pending != null && !isDone(pending)) {
            report = pending;
            reporting = record;
            return false;
        }
        report = null;
        reporting = null;
        return true;
    }

    private @Nullable Future<Void> send(SinkRecord record, RejectedRecordException why) {
        if (reporter == null && tolerateAll) {
            skip(record, why);
            return null;
        }
        String text = Coordinates.of(record) + " was rejected: " + text(why);
        if (reporter == null) {
            throw new ConnectException(
                    text + " (errors.tolerance=all with errors.deadletterqueue.topic.name puts such records aside)",
                    why);
        }
        LOG.debug("{}", text);
        try {
            return reporter.report(record, new RejectedRecordException(text, why));
        } catch (ConnectException intolerant) {
            throw new ConnectException(text, intolerant);
        }
    }

    private static boolean isDone(Future<Void> pending) throws InterruptedException {
        try {
            pending.get(WAIT.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new ConnectException("a rejected record could not be reported", e);
        }
    }

    private void skip(SinkRecord record, RejectedRecordException why) {
        skipped++;
        if (Long.bitCount(skipped) == 1) { // 1, 2, 4, 8, …: told, but never a line per record
            LOG.warn(
                    "{} is skipped, as errors.tolerance=all has it without a dead letter queue: {} ({} skipped so far)",
                    Coordinates.of(record),
                    text(why),
                    skipped);
        }
    }

    /** Ours quotes nothing; that of a class of the user's may. */
    private static String text(RejectedRecordException why) {
        return LogSafeText.escaped(String.valueOf(why.getMessage()));
    }
}
