package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.api.MessageInfo;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code message.id} on real servers: what is sent again is stored once, and what is taken for it is told. */
class MessageIdsIT {
    private static final String TOLD = "already has a message with this id";

    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("orders").with("name", "orders to-nats");

    @ParameterizedTest
    @CsvSource({"V2_15, fast", "V2_15, async", "V2_15, sync", "V2_10, async", "V2_10, auto"})
    void aReplayAfterACrashIsStoredOnceAndTold(NatsBinary version, String mode) throws Exception {
        server(version);
        FakeWorker first =
                rig.start("publish.mode", mode, "message.id", "coordinates").settle(300);
        assertThat(rig.logged.lines(TOLD)).isEmpty();

        // Nothing was committed: another task begins where this one began.
        FakeWorker second =
                rig.start("publish.mode", mode, "message.id", "coordinates").settle(350);

        rig.report(350).assertClean();
        assertThat(rig.logged.lines(TOLD))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .startsWith("WARN [JS-5017] orders to-nats: orders-0@")
                        .contains("nothing was stored"));
        // Once for each power of two: 1, 2, 4, … 256.
        assertThat(rig.logged.lines(TOLD)).hasSizeLessThanOrEqualTo(9);
        assertThat(rig.logged.lines(TOLD).get(0)).startsWith("WARN [JS-5017] orders to-nats: orders-0@0: ");
        MessageInfo message = rig.ask(streams -> streams.getMessage(rig.name, 300));
        assertThat(message.getHeaders().get("Nats-Msg-Id")).containsExactly("orders%20to-nats:orders:0:299");
    }

    /** What the test above would find if ids did nothing. */
    @Test
    void withoutIdsAReplayIsThereTwice() throws Exception {
        server(NatsBinary.V2_15);
        for (int task = 0; task < 2; task++) {
            FakeWorker worker = rig.start("publish.mode", "fast").settle(300);
        }

        assertThat(rig.report(300).duplicated()).isEqualTo(300);
        assertThat(rig.logged.lines(TOLD)).isEmpty();
    }

    /** A server that is killed forgets its batches, so what has no ack is sent again, whether it is stored or not. */
    @ParameterizedTest
    @ValueSource(strings = {"coordinates", "none"})
    void aBatchOfUnknownOutcomeIsStoredOnceIfItHasIds(String ids) throws Exception {
        server(NatsBinary.V2_15);
        FaultProxy proxy = rig.proxy();
        FakeWorker worker = rig.start("nats.servers", proxy.url(), "publish.mode", "fast", "message.id", ids);
        rig.untilConnected();
        // Until a batch has taken a whole poll, and so is open.
        do {
            worker.offer(400);
        } while (!isStored(worker.consumed()));
        proxy.dropAnswers(true);
        worker.offer(300);
        assertThat(isStored(worker.consumed())).isTrue();

        rig.nats.kill9();
        rig.nats.restart();
        proxy.dropAnswers(false);
        worker.drain();
        worker.settle(100);

        assertThat(rig.logged.lines("messages is unknown")).hasSize(1);
        StreamReport report = rig.report();
        if (ids.equals("none")) {
            assertThat(report.duplicated()).isGreaterThanOrEqualTo(300);
            report.assertOrderedAtLeastOnce();
        } else {
            report.assertClean();
        }
        // Each of them was sent before: that is nothing to worry about.
        assertThat(rig.logged.lines(TOLD)).isEmpty();
    }

    /** Ids that repeat for new data: nothing of it is stored, and that is told. */
    @ParameterizedTest
    @ValueSource(strings = {"fast", "async"})
    void recordsThatAreSwallowedAreTold(String mode) throws Exception {
        server(NatsBinary.V2_15);
        FakeWorker worker = rig.start("publish.mode", mode, "message.id", "header:id");
        for (String id : List.of("a", "b", "a", "", "", "c")) {
            ConnectHeaders headers = new ConnectHeaders();
            headers.addString("id", "old");
            headers.addString("id", id);
            worker.offer(new SinkRecord(
                    "orders", 0, null, null, null, id.getBytes(UTF_8), worker.consumed(), null, null, headers));
            worker.drain();
        }

        assertThat(rig.stored()).isEqualTo(5);
        assertThat(rig.logged.lines(TOLD))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .startsWith("WARN [JS-5017] orders to-nats: orders-0@2: ")
                        .contains("change message.id.prefix"));
    }

    private void server(NatsBinary version) {
        rig.serve(version);
        rig.create(version == NatsBinary.V2_15 ? rig.stream().allowBatched() : rig.stream());
    }

    /** Whether the stream gets this many messages within some seconds, though nobody calls the task. */
    private boolean isStored(long messages) {
        try {
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> rig.stored() == messages);
            return true;
        } catch (ConditionTimeoutException fewer) {
            return false;
        }
    }
}
