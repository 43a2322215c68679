package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exactly-once with its default settings over links that are slower than the topic. */
@Tag("faults")
class ThinLinkOnceIT {
    private static final String STREAM = "once";
    private static final int BYTES_PER_MBIT = 125_000;
    /** How long the link is busy with the records alone. */
    private static final int SECONDS = Integer.getInteger("thin.seconds", 20);

    private NatsServer nats;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws Exception {
        nats = NatsServer.start();
        proxy = FaultProxy.to(nats);
        try (Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects(STREAM, "jetsink.offsets.>")
                            .allowAtomicPublish()
                            .allowRollup(true)
                            .build());
        }
    }

    @AfterEach
    void stop() {
        proxy.close();
        nats.close();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1000", "1, 32000", "1, 900000",
        "5, 1000", "5, 32000", "5, 900000",
        "20, 1000", "20, 32000", "20, 900000"
    })
    void carriesEachRecordOnce(int megabits, int size) throws Exception {
        long rate = (long) megabits * BYTES_PER_MBIT;
        int records = (int) Math.max(3, SECONDS * rate / size);
        long bytes = (long) records * size;
        Duration ideal = Duration.ofMillis(1_000 * bytes / rate);
        proxy.throttle(rate);
        long before = received();
        FakeWorker worker = new FakeWorker(STREAM, new NatsJetStreamSinkTask());
        worker.deliver(offset -> record(offset, size));
        long begin = System.nanoTime();
        worker.start(Map.of(
                "name", STREAM,
                "topics", STREAM,
                "nats.servers", proxy.url(),
                "jetstream.stream", STREAM,
                "delivery.guarantee", "exactly-once"));
        for (int left = records; left > 0; left -= 500) {
            worker.until("room", ideal.multipliedBy(3).plusSeconds(60), () -> !worker.isPaused());
            worker.offer(Math.min(500, left));
        }
        worker.drain(ideal.multipliedBy(3).plusSeconds(60));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        long connections = proxy.accepted();
        long sent = received() - before;
        worker.stop();

        assertThat(took).isLessThan(ideal.multipliedBy(3).dividedBy(2).plusSeconds(10));
        assertThat(sent).as("bytes, of %d", bytes).isLessThan(bytes * 6 / 5);
        assertThat(connections).isLessThanOrEqualTo(2);
        try (Connection connection = nats.connect()) {
            StreamChecker.read(connection, STREAM)
                    .report(List.of((long) records))
                    .assertClean();
        }
    }

    private static SinkRecord record(long offset, int size) {
        byte[] number = ("0:" + offset + ":").getBytes(US_ASCII);
        byte[] value = Arrays.copyOf(number, size);
        Arrays.fill(value, number.length, size, (byte) 'x');
        return new SinkRecord(STREAM, 0, null, null, null, value, offset, offset, TimestampType.CREATE_TIME);
    }

    /** Bytes of messages that the server has received. */
    private long received() throws Exception {
        return new ObjectMapper()
                .readTree(nats.monitor("/varz"))
                .path("in_bytes")
                .asLong();
    }
}
