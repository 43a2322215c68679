package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
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
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages with ids of many partitions, over a link with a long round trip. */
class FastIdsIT {
    private static final int PARTITIONS = 100;
    private static final int EACH = 10;
    private static final Duration ONE_WAY = Duration.ofMillis(25);

    @RegisterExtension
    final TaskRig rig = new TaskRig("orders")
            .with("publish.mode", "fast", "message.id", "coordinates", "subject", "orders.${partition}");

    /** Each partition's first message is answered for itself; one after the other that took three round trips each. */
    @Test
    void asksAboutManyPartitionsAtATime() throws Exception {
        rig.create(rig.stream("orders.*").allowBatched());
        FakeWorker worker = rig.prepare("orders");
        worker.deliver(FastIdsIT::record);
        worker.start(rig.config(Map.of("nats.servers", rig.proxy().url())));
        Set<TopicPartition> all = new HashSet<>();
        IntStream.range(0, PARTITIONS).forEach(number -> all.add(new TopicPartition("orders", number)));
        Set<TopicPartition> others = new HashSet<>(all);
        others.remove(new TopicPartition("orders", 0));
        rig.task.open(others);
        rig.untilConnected();
        rig.proxy().delay(ONE_WAY);

        long begin = System.nanoTime();
        worker.feed(PARTITIONS * EACH);
        worker.until("all to be committable", TaskRig.PATIENCE, () -> isCommittable(rig.task, all));
        Duration took = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(rig.stored()).isEqualTo((long) PARTITIONS * EACH);
        assertThat(rig.logged.lines("WARN")).isEmpty();
        // Measured: 0.4 s, or 8 round trips. One partition after the other needs 300 round trips, which are 15 s.
        assertThat(took).isLessThan(Duration.ofSeconds(2));
        rig.task.close(others);
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
