package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Best-effort with a subject that the user may not publish to. */
class BestEffortIT {
    private static final int RECORDS = 20_000;
    private static final int DENIED_EACH = 700;

    @RegisterExtension
    final TaskRig rig = new TaskRig("best")
            .as("bridge")
            .with("nats.auth.username", "bridge", "nats.auth.password", "bridge", "topics", "orders")
            .with("mode", "best-effort", "subject", "best.${key}", "jetstream.stream", "")
            .serverConfig("authorization { users: [ { user: bridge, password: bridge, permissions: { publish: { deny:"
                    + " [ best.denied-0, best.denied-1 ] } } } ] }");

    @Test
    void losesDeniedMessagesOnly() throws Exception {
        rig.create(rig.stream("best.>"));
        FakeWorker worker = rig.prepare("orders");
        worker.deliver(BestEffortIT::record);
        worker.start(rig.config(Map.of()));
        worker.settle(RECORDS);

        long denied = (RECORDS - 1) / DENIED_EACH + 1;
        rig.awaitStored(RECORDS - denied);
        assertThat(rig.stored()).isEqualTo(RECORDS - denied);
        assertThat(rig.logged.lines("no working link")).isEmpty();
        rig.untilLogged("16 messages");
        // At the first, second, fourth, eighth and sixteenth of 29.
        assertThat(rig.logged.lines("WARN"))
                .hasSize(5)
                .allSatisfy(line -> assertThat(line).contains("are lost", "may not publish to best.denied-"))
                .last()
                .asString()
                .contains("16 messages");
        assertThat(worker.metric("nats-permission-violations-total").longValue())
                .isGreaterThanOrEqualTo(16);
        assertThat(worker.metric("nats-acked-total"))
                .as("messages that the server has read")
                .isEqualTo((long) RECORDS);
    }

    private static SinkRecord record(long offset) {
        String key = (offset % DENIED_EACH == 0 ? "denied-" : "allowed-") + offset / DENIED_EACH % 2;
        return new SinkRecord("orders", 0, null, key, null, ("0:" + offset + ":").getBytes(US_ASCII), offset);
    }
}
