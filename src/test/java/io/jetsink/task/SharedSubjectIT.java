package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Dispatcher;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service that replies to each message of the subject, as it did before a stream was put over it. */
class SharedSubjectIT {
    private static final int RECORDS = 1_000;
    private static final AtomicInteger STREAMS = new AtomicInteger();

    @RegisterExtension
    final TaskRig rig = TaskRig.shared("shared" + STREAMS.incrementAndGet()).with("topics", "orders");

    @BeforeEach
    void create() {
        rig.create(rig.stream(rig.name + ".>").allowBatched());
        rig.with("subject", rig.name + ".orders.${partition}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "publish.mode | async | ok",
                "publish.mode | async | {\"error\":\"no stock\"}",
                "publish.mode | async | {\"stream\":\"OTHER\",\"seq\":1}",
                "publish.mode | sync  | ok",
                "publish.mode | sync  | {\"error\":{\"code\":404,\"description\":\"no stock\"}}",
                "publish.mode | fast  | ok",
                "publish.mode | fast  | {\"stream\":\"OTHER\",\"seq\":1}",
                "publish.mode | fast  | {\"error\":{\"code\":404,\"description\":\"no stock\"}}",
            })
    void storesEachRecordOnceAndLogsWhoElseAnswers(String key, String mode, String answer) throws Exception {
        rig.service(answer, rig.name + ".orders.*");
        rig.start(key, mode);
        rig.settleUntilLogged(RECORDS, "ignored an answer");

        rig.report().assertClean();
        assertThat(rig.logged.lines("no working link")).isEmpty();
        assertThat(rig.logged.lines("ignored an answer"))
                .singleElement()
                .asString()
                .contains("subject " + rig.name + ".orders.0");
    }

    @Test
    void countsNoAnswerOfAServiceAsALostMessage() throws Exception {
        Dispatcher service = rig.service("{\"error\":\"no stock\"}", rig.name + ".orders.*");
        FakeWorker worker = rig.start("mode", "best-effort").settle(RECORDS);
        worker.until("the service to have answered", TaskRig.PATIENCE, () -> service.getDeliveredCount() >= RECORDS);
        rig.untilLogged("ignored an answer");

        assertThat(rig.logged.lines("are lost")).isEmpty();
        rig.report().assertClean();
    }
}
