package io.jetsink.quickstart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.support.stream.StreamPosition;
import io.nats.client.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * The orders that are sent, and the ledger that knows which of them a message is. An order's {@code id} counts over all
 * partitions; its place within its partition is in the ledger alone, so that a message cannot vouch for itself.
 */
final class QuickstartOrders {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int CUSTOMERS = 1_000;
    private static final String[] ITEMS = {"teapot", "lamp", "chair", "rug", "clock", "mirror", "shelf"};

    private final String topic;
    private final String subjectPrefix;
    private final int[] partitionOf;
    private final int[] placeOf;
    private final int[] perPartition;
    private int produced;

    /** Subjects are expected to be {@code <topic>.<partition>}. */
    QuickstartOrders(String topic, int partitions, int records) {
        this.topic = topic;
        this.subjectPrefix = topic + ".";
        this.partitionOf = new int[records];
        this.placeOf = new int[records];
        this.perPartition = new int[partitions];
    }

    /** Sends the next orders, paced if the rate is not 0, and returns when Kafka has them. */
    void produce(Producer<byte[], byte[]> producer, int count, int perSecond) {
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        long begin = System.nanoTime();
        for (int sent = 0; sent < count; sent++) {
            if (perSecond > 0) {
                awaitInstant(begin + sent * Duration.ofSeconds(1).toNanos() / perSecond);
            }
            producer.send(next(), (metadata, exception) -> {
                if (exception != null) {
                    failure.compareAndSet(null, exception);
                }
            });
        }
        producer.flush();
        Exception first = failure.get();
        if (first != null) {
            throw new IllegalStateException("Kafka did not take all orders: " + first, first);
        }
    }

    /** Makes the next order and enters it into the ledger. */
    ProducerRecord<byte[], byte[]> next() {
        int id = produced++;
        byte[] key = customer(id).getBytes(StandardCharsets.UTF_8);
        // As Kafka's own producer does it, but known here before the broker has answered.
        int partition = Utils.toPositive(Utils.murmur2(key)) % perPartition.length;
        partitionOf[id] = partition;
        placeOf[id] = perPartition[partition]++;
        return new ProducerRecord<>(topic, partition, key, value(id).getBytes(StandardCharsets.UTF_8));
    }

    int produced() {
        return produced;
    }

    List<Long> perPartition() {
        List<Long> counts = new ArrayList<>();
        for (int count : perPartition) {
            counts.add((long) count);
        }
        return counts;
    }

    /** Which order a message is; null if it is none of ours, or under a subject where it does not belong. */
    @Nullable
    Order read(Message message) {
        try {
            JsonNode value = JSON.readTree(message.getData());
            int id = value.path("id").asInt(-1);
            if (id < 0 || id >= produced || !message.getSubject().equals(subjectPrefix + partitionOf[id])) {
                return null;
            }
            return new Order(
                    id,
                    new StreamPosition(partitionOf[id], placeOf[id]),
                    Instant.parse(value.path("created").asText()));
        } catch (IOException notJson) {
            return null;
        }
    }

    /** @param created when it was handed to the Kafka producer */
    record Order(int id, StreamPosition position, Instant created) {}

    private static String value(int id) {
        return String.format(
                Locale.ROOT,
                "{\"id\":%d,\"customer\":\"%s\",\"item\":\"%s\",\"quantity\":%d,\"amount\":%.2f,\"currency\":\"EUR\",\"created\":\"%s\"}",
                id,
                customer(id),
                ITEMS[id % ITEMS.length],
                1 + id % 5,
                (499 + id * 37L % 20_000) / 100.0,
                Instant.now());
    }

    private static String customer(int id) {
        return String.format(Locale.ROOT, "customer-%04d", (int) (id * 7919L % CUSTOMERS));
    }

    private static void awaitInstant(long nanoTime) {
        for (long left = nanoTime - System.nanoTime(); left > 0; left = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
