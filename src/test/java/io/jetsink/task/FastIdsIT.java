package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

/** Messages with ids of many partitions, over a link with a long round trip. */
class FastIdsIT {
    private static final int PARTITIONS = 100;
    private static final int EACH = 10;
    private static final Duration ONE_WAY = Duration.ofMillis(25);

    /** Each partition's first message is answered for itself; one after the other that took three round trips each. */
    @Test
    void asksAboutManyPartitionsAtATime() throws Exception {
        try (NatsServer nats = NatsServer.start();
                FaultProxy proxy = FaultProxy.to(nats);
                Connection connection = nats.connect();
                Logged logged = Logged.begin()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name("orders")
                            .subjects("orders.*")
                            .allowBatched()
                            .build());
            NatsJetStreamSinkTask task = new NatsJetStreamSinkTask();
            FakeWorker worker = new FakeWorker("orders", task);
            worker.deliver(FastIdsIT::record);
            worker.start(Map.of(
                    "name", "orders-to-nats",
                    "topics", "orders",
                    "nats.servers", proxy.url(),
                    "jetstream.stream", "orders",
                    "publish.mode", "fast",
                    "message.id", "coordinates",
                    "subject", "orders.${partition}"));
            Set<TopicPartition> all = new HashSet<>();
            IntStream.range(0, PARTITIONS).forEach(number -> all.add(new TopicPartition("orders", number)));
            Set<TopicPartition> others = new HashSet<>(all);
            others.remove(new TopicPartition("orders", 0));
            task.open(others);
            worker.until(
                    "a connection",
                    Duration.ofSeconds(20),
                    () -> !logged.lines("connected to").isEmpty());
            proxy.delay(ONE_WAY);

            long begin = System.nanoTime();
            worker.feed(PARTITIONS * EACH);
            worker.until("all to be committable", Duration.ofSeconds(60), () -> isCommittable(task, all));
            Duration took = Duration.ofNanos(System.nanoTime() - begin);

            assertThat(connection
                            .jetStreamManagement()
                            .getStreamInfo("orders")
                            .getStreamState()
                            .getMsgCount())
                    .isEqualTo((long) PARTITIONS * EACH);
            assertThat(logged.lines("WARN")).isEmpty();
            // Measured: 0.4 s, or 8 round trips. One partition after the other needs 300 round trips, which are 15 s.
            assertThat(took).isLessThan(Duration.ofSeconds(2));
            task.close(others);
            worker.stop();
        }
    }

    private static boolean isCommittable(NatsJetStreamSinkTask task, Set<TopicPartition> all) {
        Map<TopicPartition, OffsetAndMetadata> consumed = new HashMap<>();
        all.forEach(each -> consumed.put(each, new OffsetAndMetadata(EACH)));
        return task.preCommit(consumed).equals(consumed);
    }

    /** Ten records of each partition, one partition after the other, as a consumer's fetches bring them. */
    private static SinkRecord record(long number) {
        int partition = (int) (number / EACH);
        long offset = number % EACH;
        return new SinkRecord(
                "orders", partition, null, null, null, (partition + ":" + offset + ":").getBytes(US_ASCII), offset);
    }
}
