package io.jetsink.publish.once;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.task.FakeWorker;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server takes in an atomic batch is asked for, and used, at a real server. */
class BatchLimitIT {
    private static final String MARKERS = "jetsink.offsets.";

    @Test
    void theServerNamesItsLimitAndStoresNothing() throws Exception {
        try (NatsServer nats =
                        NatsServer.builder().config(NatsServer.batchesOf(77)).start();
                Connection connection = nats.connect()) {
            JetStreamManagement streams = connection.jetStreamManagement();
            streams.addStream(stream().build());

            assertThat(BatchLimit.of(connection, MARKERS + "c.0.none")).isEqualTo(77);
            assertThat(streams.getStreamInfo("orders").getStreamState().getMsgCount())
                    .isZero();
        }
    }

    @Test
    void aServerWithoutSettingsAcceptsTheUsualNumber() throws Exception {
        try (NatsServer nats = NatsServer.start();
                Connection connection = nats.connect()) {
            connection.jetStreamManagement().addStream(stream().build());

            assertThat(BatchLimit.of(connection, MARKERS + "c.0.none")).isEqualTo(BatchLimit.USUAL);
        }
    }

    @Test
    void withoutAReplyTheUsualNumberIsTried() throws Exception {
        try (NatsServer nats = NatsServer.start();
                Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(stream().allowAtomicPublish(false).build());

            assertThat(BatchLimit.of(connection, "nobody.is.there")).isEqualTo(BatchLimit.USUAL);
            assertThat(BatchLimit.of(connection, MARKERS + "c.0.none"))
                    .as("batches are not allowed")
                    .isEqualTo(BatchLimit.USUAL);
        }
    }

    /** Half of the window at most: the other half is sent meanwhile. */
    @ParameterizedTest
    @CsvSource({
        // limit, publish.max.pending, the largest batch
        "10, 4096, 10",
        "1000, 4096, 1000",
        "1500, 4096, 1500",
        "10000, 6000, 3000",
    })
    void batchesAreAsLargeAsTheServerAndTheWindowAllow(int limit, int window, int largest) throws Exception {
        int records = 4 * largest;
        try (NatsServer nats =
                        NatsServer.builder().config(NatsServer.batchesOf(limit)).start();
                Connection connection = nats.connect()) {
            JetStreamManagement streams = connection.jetStreamManagement();
            streams.addStream(stream().build());
            FakeWorker worker = new FakeWorker("orders", new NatsJetStreamSinkTask());
            worker.start(Map.of(
                    "name", "c",
                    "nats.servers", nats.url(),
                    "jetstream.stream", "orders",
                    "delivery.guarantee", "exactly-once",
                    "exactly.once.linger.ms", "1000",
                    "publish.max.pending", Integer.toString(window)));
            try {
                worker.offer(records);
                worker.drain(Duration.ofSeconds(30));
            } finally {
                worker.stop();
            }

            assertThat(largestBatch(streams)).isEqualTo(largest);
            assertThat(streams.getStreamInfo("orders").getStreamState().getMsgCount())
                    .as("the records and the marker")
                    .isEqualTo(records + 1);
        }
    }

    /** Behind the last record of each batch there was its marker; only the last of them is left. */
    private static int largestBatch(JetStreamManagement streams) throws Exception {
        int largest = 0;
        long last = streams.getStreamInfo("orders").getStreamState().getLastSequence();
        for (long sequence = 1; sequence <= last; sequence++) {
            MessageInfo message = streams.getNextMessage("orders", sequence, ">");
            sequence = message.getSeq();
            Headers headers = message.getHeaders();
            boolean record = headers.getFirst("Nats-Batch-Commit") == null;
            largest = Math.max(largest, Integer.parseInt(headers.getFirst("Nats-Batch-Sequence")) + (record ? 1 : 0));
        }
        return largest;
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder()
                .name("orders")
                .subjects("orders.>", "orders", MARKERS + ">")
                .allowAtomicPublish()
                .allowRollup(true);
    }
}
