package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.support.Logged;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class RejectReporterTest {
    private static final RejectedRecordException WHY =
            new RejectedRecordException(ErrorCode.NO_SUBJECT, "its subject is empty");
    private static final SinkRecord RECORD = PipelineFixture.record(P0, 41, "a secret");

    @Test
    void handsTheRecordAndTheReasonToConnect() throws InterruptedException {
        List<SinkRecord> records = new ArrayList<>();
        List<Throwable> reasons = new ArrayList<>();
        RejectReporter rejects = new RejectReporter(
                "orders-0",
                (record, why) -> {
                    records.add(record);
                    reasons.add(why);
                    return CompletableFuture.completedFuture(null);
                },
                true,
                false);

        rejects.report(RECORD, WHY);

        assertThat(records).singleElement().isSameAs(RECORD);
        assertThat(reasons)
                .singleElement()
                .satisfies(why -> assertThat(why)
                        .hasMessage("[JS-5001] orders-0@41 was rejected: its subject is empty")
                        .hasCause(WHY));
    }

    @Test
    void namesTheRecordByItsOriginalCoordinates() {
        SinkRecord renamed = new SinkRecord(
                "renamed", 9, null, null, null, "v", 1, null, TimestampType.NO_TIMESTAMP_TYPE, null, "orders", 3, 12);

        assertThatThrownBy(() -> new RejectReporter("orders-0", null, false, false).report(renamed, WHY))
                .hasMessageContaining("orders-3@12");
    }

    @Test
    void failsWithTheCoordinatesWhenConnectToleratesNothing() {
        ConnectException intolerant = new ConnectException("Tolerance exceeded in error handler");
        RejectReporter rejects = new RejectReporter(
                "orders-0",
                (record, why) -> {
                    throw intolerant;
                },
                false,
                false);

        assertThrown(ConnectException.class, () -> rejects.report(RECORD, WHY), "orders-0@41", "its subject is empty")
                .hasCause(intolerant);
    }

    @Test
    void failsAndSaysWhatToChangeWithoutAReporter() {
        assertThrown(
                        ConnectException.class,
                        () -> new RejectReporter("orders-0", null, false, false).report(RECORD, WHY))
                .hasMessageContainingAll("orders-0@41", "errors.tolerance=all", "errors.deadletterqueue.topic.name")
                .hasMessageNotContaining("a secret")
                .hasCause(WHY);
    }

    @Test
    void aReasonThatQuotesARecordIsOneLine() {
        RejectedRecordException quoting =
                new RejectedRecordException(ErrorCode.NO_SUBJECT, "own: key\n[ERROR] all is lost\u001b[31m");

        assertThatThrownBy(() -> new RejectReporter("orders-0", null, false, false).report(RECORD, quoting))
                .hasMessageContaining("own: key\\u000A[ERROR] all is lost\\u001B[31m");
    }

    @Test
    void skipsWhenAllIsToleratedWithoutAReporterAndLogsOneSentence() throws InterruptedException {
        RejectedRecordException sentence = new RejectedRecordException(ErrorCode.NO_SUBJECT, "its subject is empty.");
        try (Logged logged = Logged.of(RejectReporter.class.getName())) {
            assertThat(new RejectReporter("orders-0", null, true, false).report(RECORD, sentence))
                    .isTrue();

            assertThat(logged.lines())
                    .containsExactly("WARN [JS-5001] orders-0: orders-0@41 was rejected: its subject is empty. (records"
                            + " skipped so far, because errors.tolerance=all without a dead letter queue: 1; to keep such"
                            + " records, set errors.deadletterqueue.topic.name)");
        }
    }

    @Test
    void logsTheFirstRecordsAndThenFewer() throws InterruptedException {
        RejectReporter rejects =
                new RejectReporter("orders-0", (record, why) -> CompletableFuture.completedFuture(null), true, false);
        try (Logged logged = Logged.of(RejectReporter.class.getName())) {
            for (int i = 0; i < 100; i++) {
                rejects.report(RECORD, WHY);
            }

            assertThat(logged.lines())
                    .hasSize(7)
                    .first()
                    .isEqualTo(
                            "WARN [JS-5001] orders-0: orders-0@41 was rejected: its subject is empty (records that this task"
                                    + " has rejected so far: 1)");
            assertThat(logged.lines()).last().asString().endsWith(" so far: 64)");
        }
    }

    @Test
    void isNotDoneBeforeTheReportIsSafeWhereNothingMayOvertakeIt() throws InterruptedException {
        List<CompletableFuture<Void>> reports = new ArrayList<>();
        RejectReporter rejects = new RejectReporter(
                "orders-0",
                (record, why) -> {
                    reports.add(new CompletableFuture<>());
                    return reports.get(reports.size() - 1);
                },
                true,
                true);

        assertThat(rejects.report(RECORD, WHY)).isFalse();
        assertThat(rejects.report(RECORD, WHY)).isFalse();
        reports.get(0).complete(null);

        assertThat(rejects.report(RECORD, WHY)).isTrue();
        assertThat(reports).as("reported once").hasSize(1);
    }
}
