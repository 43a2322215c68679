package io.jetsink.support;

import io.jetsink.support.stream.StreamChecker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Produces numbered records into every partition of a topic, at once or in the background, so that faults can be injected
 * under load. A value begins with {@code <partition>:<sequence>:}, which is what {@link StreamChecker} looks for; the
 * sequence of each partition begins at 0 and goes on over several calls.
 *
 * <p>Idempotent and patient: what {@link #counts()} says is in Kafka, once and in order, whatever the broker suffers.
 *
 * <p>Threads: one caller. {@link #start()} adds one background thread, which alone sends until {@link #stop()}.
 */
public final class LoadProducer implements AutoCloseable {
    private static final String PATIENCE_MS = "600000";

    private final Builder settings;
    private final Producer<byte[], byte[]> producer;
    private final long[] next;
    private final AtomicLong acked = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean stopping;
    private @Nullable Thread background;

    private LoadProducer(Builder settings) {
        this.settings = settings;
        this.next = new long[settings.partitions];
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", settings.bootstrap);
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        // With several, a first one that finds no leader yet on a new topic leaves the others out of sequence for ever.
        config.put("max.in.flight.requests.per.connection", "1");
        config.put("linger.ms", "5");
        config.put("batch.size", "131072");
        config.put("max.block.ms", PATIENCE_MS);
        config.put("delivery.timeout.ms", PATIENCE_MS);
        config.put("reconnect.backoff.max.ms", "500");
        this.producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    public static Builder to(String bootstrap, String topic) {
        return new Builder(bootstrap, topic);
    }

    /** Produces so many records into each partition and returns when Kafka has them all. */
    public List<Long> produce(long recordsPerPartition) {
        if (background != null) {
            throw new IllegalStateException("The background load is running: stop() it first");
        }
        stopping = false;
        send(recordsPerPartition);
        return settle();
    }

    /** Begins to produce in the background until {@link #stop()}. */
    public void start() {
        if (background != null) {
            throw new IllegalStateException("The background load is running already");
        }
        stopping = false;
        Thread thread = new Thread(() -> send(Long.MAX_VALUE), "load-" + settings.topic);
        thread.setDaemon(true);
        thread.start();
        background = thread;
    }

    /** Ends the background load, waits until Kafka has all of it, and returns the counts as {@link #counts()} does. */
    public List<Long> stop() {
        Thread thread = background;
        if (thread == null) {
            throw new IllegalStateException("No background load is running: start() it first");
        }
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the load was stopping", e);
        }
        background = null;
        return settle();
    }

    /** Waits until Kafka has at least so many records of this producer, over all partitions. */
    public void awaitAcked(long records, Duration timeout) {
        Awaitility.await("records in Kafka")
                .atMost(timeout)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> acked.get() >= records || failure.get() != null);
        throwIfFailed();
    }

    /** How many records of this producer each partition holds; meaningful while no background load runs. */
    public List<Long> counts() {
        return Arrays.stream(next).boxed().toList();
    }

    /** How many records Kafka has of this producer, over all partitions; any thread may ask at any time. */
    public long acked() {
        return acked.get();
    }

    @Override
    public void close() {
        stopping = true;
        producer.close(Duration.ZERO);
    }

    private void send(long rounds) {
        long begin = System.nanoTime();
        long sent = 0;
        for (long round = 0; round < rounds && !stopping; round++) {
            for (int partition = 0; partition < next.length; partition++) {
                awaitTurn(begin, sent++);
                producer.send(record(partition, next[partition]), (metadata, exception) -> {
                    if (exception == null) {
                        acked.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, exception);
                    }
                });
                next[partition]++;
            }
        }
    }

    /** Holds the pace as a schedule: after a stall it catches up, so that the rate is the mean over the run. */
    private void awaitTurn(long begin, long sent) {
        if (settings.recordsPerSecond > 0) {
            long due = begin + (long) (sent * 1e9 / settings.recordsPerSecond);
            for (long left = due - System.nanoTime(); left > 0 && !stopping; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private ProducerRecord<byte[], byte[]> record(int partition, long sequence) {
        byte[] head = (partition + ":" + sequence + ":").getBytes(StandardCharsets.US_ASCII);
        byte[] value = Arrays.copyOf(head, Math.max(head.length, settings.valueBytes));
        Arrays.fill(value, head.length, value.length, (byte) 'x');
        byte[] key = settings.distinctKeys == 0
                ? null
                : ("key-" + sequence % settings.distinctKeys).getBytes(StandardCharsets.US_ASCII);
        Long timestamp = settings.timestamps == null ? null : settings.timestamps.applyAsLong(sequence);
        return new ProducerRecord<>(settings.topic, partition, timestamp, key, value, settings.headers);
    }

    private List<Long> settle() {
        producer.flush();
        throwIfFailed();
        return counts();
    }

    private void throwIfFailed() {
        Exception first = failure.get();
        if (first != null) {
            throw new IllegalStateException("Producing to topic " + settings.topic + " failed", first);
        }
    }

    /** How a load is made. */
    public static final class Builder {
        private final String bootstrap;
        private final String topic;
        private int partitions = 1;
        private int valueBytes = 100;
        private double recordsPerSecond;
        private long distinctKeys;
        private final List<Header> headers = new ArrayList<>();
        private @Nullable LongUnaryOperator timestamps;

        private Builder(String bootstrap, String topic) {
            this.bootstrap = bootstrap;
            this.topic = topic;
        }

        /** Must not exceed what the topic has. */
        public Builder partitions(int count) {
            this.partitions = count;
            return this;
        }

        /** The least size of a value: the numbers are padded up to it. */
        public Builder valueBytes(int size) {
            this.valueBytes = size;
            return this;
        }

        /** Over all partitions; without it the load goes as fast as Kafka takes it. */
        public Builder recordsPerSecond(double rate) {
            this.recordsPerSecond = rate;
            return this;
        }

        /** Gives every record the key {@code key-<sequence>}. */
        public Builder keyed() {
            return keyed(Long.MAX_VALUE);
        }

        /** Gives the records this many different keys, in turn. */
        public Builder keyed(long distinct) {
            this.distinctKeys = distinct;
            return this;
        }

        /** Gives every record this many headers with values of 16 bytes. */
        public Builder headers(int count) {
            for (int i = 0; i < count; i++) {
                headers.add(new RecordHeader("header-" + i, "0123456789abcdef".getBytes(StandardCharsets.US_ASCII)));
            }
            return this;
        }

        /** The records' timestamps by their sequences; without it they are of the time of sending. */
        public Builder timestamps(LongUnaryOperator bySequence) {
            this.timestamps = bySequence;
            return this;
        }

        public LoadProducer build() {
            return new LoadProducer(this);
        }
    }
}
