package io.jetsink.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends records by a schedule, whatever becomes of the previous ones, and puts the scheduled time of each record into the
 * record. If the producer is late, the latency of a record includes the delay (coordinated omission).
 */
final class OpenLoop implements AutoCloseable {
    private static final int VALUE_BYTES = 256;

    private final Producer<byte[], byte[]> producer;
    private final String topic;
    private long sequence;

    OpenLoop(String bootstrap, String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrap,
                        "acks", "all",
                        "max.in.flight.requests.per.connection", "1",
                        "linger.ms", "0"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Returns the number of records that it has sent so far. */
    long send(int perSecond, Duration length) {
        long begin = System.nanoTime();
        Instant clock = Instant.now();
        long count = perSecond * length.toMillis() / 1_000;
        for (long i = 0; i < count; i++) {
            long due = i * 1_000_000_000L / perSecond;
            for (long left = begin + due - System.nanoTime(); left > 0; left = begin + due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            producer.send(new ProducerRecord<>(topic, 0, null, null, value(sequence++, clock.plusNanos(due))));
        }
        producer.flush();
        return sequence;
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }

    static byte[] value(long sequence, Instant due) {
        long nanos = due.getEpochSecond() * 1_000_000_000L + due.getNano();
        byte[] head = ("0:" + sequence + ":" + nanos + ":").getBytes(StandardCharsets.US_ASCII);
        byte[] value = Arrays.copyOf(head, VALUE_BYTES);
        Arrays.fill(value, head.length, VALUE_BYTES, (byte) 'x');
        return value;
    }

    /** Returns the scheduled time of a record, in nanoseconds since 1970. */
    static long due(byte[] value) {
        return Long.parseLong(new String(value, 0, 40, StandardCharsets.US_ASCII).split(":", -1)[2]);
    }
}
