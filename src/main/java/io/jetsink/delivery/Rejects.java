package io.jetsink.delivery;

import io.jetsink.publish.RejectedRecordException;
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
public final class Rejects {
    private static final Logger LOG = LoggerFactory.getLogger(Rejects.class);

    private final @Nullable ErrantRecordReporter reporter;
    private final boolean tolerateAll;
    private long skipped;

    /**
     * @param reporter Connect's reporter, or null if neither a dead letter queue nor {@code errors.log.enable} is set
     * @param tolerateAll whether {@code errors.tolerance} is {@code all}, which without a reporter means to skip
     */
    public Rejects(@Nullable ErrantRecordReporter reporter, boolean tolerateAll) {
        this.reporter = reporter;
        this.tolerateAll = tolerateAll;
    }

    /**
     * Reports one record.
     *
     * @throws ConnectException if {@code errors.tolerance=none}: the task is to fail at this record
     */
    void report(SinkRecord record, RejectedRecordException why) {
        if (reporter == null && tolerateAll) {
            skip(record, why);
            return;
        }
        String text = Coordinates.of(record) + " was rejected: " + why.getMessage();
        if (reporter == null) {
            throw new ConnectException(
                    text + " (errors.tolerance=all with errors.deadletterqueue.topic.name puts such"
                            + " records aside)",
                    why);
        }
        LOG.debug("{}", text);
        try {
            reporter.report(record, new RejectedRecordException(text, why));
        } catch (ConnectException intolerant) {
            throw new ConnectException(text, intolerant);
        }
    }

    private void skip(SinkRecord record, RejectedRecordException why) {
        skipped++;
        if (Long.bitCount(skipped) == 1) { // 1, 2, 4, 8, …: told, but never a line per record
            LOG.warn(
                    "{} is skipped, as errors.tolerance=all has it without a dead letter queue: {} ({} skipped so far)",
                    Coordinates.of(record),
                    why.getMessage(),
                    skipped);
        }
    }
}
