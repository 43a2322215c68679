package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Best-effort with a subject that the user may not publish to. */
class BestEffortIT {
    private static final int RECORDS = 20_000;
    private static final int DENIED_EACH = 700;

    @Test
    void losesDeniedMessagesOnly() throws Exception {
        try (NatsServer nats = NatsServer.builder()
                        .config("authorization { users: [ { user: bridge, password: p, permissions: { publish: { deny:"
                                + " [ best.denied-0, best.denied-1 ] } } } ] }")
                        .start();
                Connection connection =
                        nats.connect(options -> options.userInfo("bridge".toCharArray(), "p".toCharArray()));
                Logged logged = Logged.begin()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("best")
                            .subjects("best.>")
                            .build());
            FakeWorker worker = new FakeWorker("orders", new NatsJetStreamSinkTask());
            worker.deliver(BestEffortIT::record);
            worker.start(Map.of(
                    "name", "best",
                    "topics", "orders",
                    "nats.servers", nats.url(),
                    "nats.auth.username", "bridge",
                    "nats.auth.password", "p",
                    "delivery.guarantee", "best-effort",
                    "subject", "best.${key}"));
            worker.feed(RECORDS);
            worker.drain();

            long denied = (RECORDS - 1) / DENIED_EACH + 1;
            Awaitility.await("the allowed messages to be stored")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> stored(connection) == RECORDS - denied);
            assertThat(logged.lines("no working link")).isEmpty();
            // At the first, second, fourth, eighth and sixteenth of 29.
            assertThat(logged.lines("WARN"))
                    .hasSize(5)
                    .allSatisfy(line -> assertThat(line).contains("are lost", "may not publish to best.denied-"))
                    .last()
                    .asString()
                    .contains("16 messages");
            worker.stop();
        }
    }

    private static SinkRecord record(long offset) {
        String key = (offset % DENIED_EACH == 0 ? "denied-" : "allowed-") + offset / DENIED_EACH % 2;
        return new SinkRecord("orders", 0, null, key, null, ("0:" + offset + ":").getBytes(US_ASCII), offset);
    }

    private static long stored(Connection connection) throws Exception {
        return connection
                .jetStreamManagement()
                .getStreamInfo("best")
                .getStreamState()
                .getMsgCount();
    }
}
