package io.jetsink.support;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Upserts and deletes of some keys, as a compacted topic has them, and what they come to. A fifth are deletes; each value is
 * there once. What a seed gives is always the same.
 *
 * <p>Threads: one caller. {@link #start} adds one that alone produces until {@link #join()}.
 */
public final class UpsertLoad implements AutoCloseable {
    private static final int ONE_IN_IS_A_DELETE = 5;

    private final String topic;
    private final int keys;
    private final Random random;
    private final Producer<String, @Nullable String> producer;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Map<String, List<@Nullable String>> values = new HashMap<>();
    private long next;
    private @Nullable Thread background;

    /** @param keys how many keys there are; each is of letters and digits */
    public UpsertLoad(String bootstrap, String topic, int keys, long seed) {
        this.topic = topic;
        this.keys = keys;
        this.random = new Random(seed);
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        config.put("linger.ms", "5");
        // The first batch may come before the new topic has its leader. A broker that knows nothing of a producer takes
        // the second one for its first, and refuses that forever.
        config.put("max.in.flight.requests.per.connection", "1");
        this.producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    /** Begins to produce so many records in the background, spread evenly over this time. */
    public void start(int records, Duration over) {
        Thread thread = new Thread(() -> produce(records, over.toNanos()), "upserts-" + topic);
        thread.setDaemon(true);
        background = thread;
        thread.start();
    }

    /** Waits until Kafka has all of it. */
    public void join() throws InterruptedException {
        Thread thread = background;
        if (thread == null) {
            throw new IllegalStateException("start() it first");
        }
        thread.join();
        producer.flush();
        Exception first = failure.get();
        if (first != null) {
            throw new IllegalStateException("Producing to topic " + topic + " failed", first);
        }
    }

    /** The values of each key in the order of its records; null is a delete. Only behind {@link #join()}. */
    public Map<String, List<@Nullable String>> values() {
        return values;
    }

    /** What is left in the end: keys with their last values. Only behind {@link #join()}. */
    public Map<String, String> last() {
        Map<String, String> last = new TreeMap<>();
        values.forEach((key, all) -> {
            String value = all.get(all.size() - 1);
            if (value != null) {
                last.put(key, value);
            }
        });
        return last;
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }

    private void produce(int records, long nanos) {
        long begin = System.nanoTime();
        for (int i = 0; i < records; i++) {
            long due = begin + nanos * i / records;
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            String key = "key" + random.nextInt(keys);
            String value = random.nextInt(ONE_IN_IS_A_DELETE) == 0 ? null : "value-" + next;
            next++;
            values.computeIfAbsent(key, fresh -> new ArrayList<>()).add(value);
            producer.send(new ProducerRecord<>(topic, key, value), (metadata, exception) -> {
                if (exception != null) {
                    failure.compareAndSet(null, exception);
                }
            });
        }
    }
}
