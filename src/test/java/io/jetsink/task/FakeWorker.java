package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.support.WorkerContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;

/**
 * Plays the worker for one task with partition 0 of one topic, on the thread of the test: feeds numbered records, honours
 * pauses and seeks, and calls {@code preCommit}. Values are those of {@link io.jetsink.support.LoadProducer}, which
 * {@link io.jetsink.support.stream.StreamChecker} reads back.
 */
public final class FakeWorker extends WorkerContext {
    private static final int POLL = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The records that the task reported to Connect, as {@code offset: reason}. */
    public final List<String> rejected = new ArrayList<>();

    private final SinkTask task;
    private final List<SinkRecord> collected = new ArrayList<>();
    private final TopicPartition partition;
    private boolean running;
    private long consumed;
    private long sought = -1;
    private @Nullable LongUnaryOperator timestamps;
    private @Nullable LongFunction<SinkRecord> records;

    public FakeWorker(String topic, SinkTask task) {
        this.partition = new TopicPartition(topic, 0);
        this.task = task;
    }

    /** @return how long the task's own start took */
    public Duration start(Map<String, String> config) {
        task.initialize(this);
        long begin = System.nanoTime();
        task.start(config);
        Duration took = since(begin);
        task.open(Set.of(partition));
        running = true;
        return took;
    }

    /** Sets the next offset, as after a restart or a new topic of the same name. */
    public void seek(long offset) {
        consumed = offset;
    }

    /** Sets the records' timestamps by their offsets. */
    public void stamp(LongUnaryOperator byOffset) {
        timestamps = byOffset;
    }

    /** Replaces the numbered records by these. */
    public void deliver(LongFunction<SinkRecord> byOffset) {
        records = byOffset;
    }

    public boolean isPaused() {
        return paused;
    }

    /** Plays a rebalance that assigns the same partition again. */
    public void reopen() {
        task.close(Set.of(partition));
        paused = false;
        task.open(Set.of(partition));
    }

    /** One poll with this many records, paused or not. */
    public void offer(int records) {
        rewind();
        LongFunction<SinkRecord> own = this.records;
        List<SinkRecord> batch = new ArrayList<>(records);
        for (int i = 0; i < records; i++) {
            batch.add(own == null ? record(("0:" + consumed + ":").getBytes(US_ASCII)) : own.apply(consumed++));
        }
        task.put(batch);
    }

    private void rewind() {
        if (sought >= 0) {
            consumed = sought;
            sought = -1;
        }
    }

    /** One poll with a record of this size. */
    public void offerLarge(int size) {
        task.put(List.of(record(new byte[size])));
    }

    /** One poll with this record, which has an offset of its own. */
    public void offer(SinkRecord record) {
        consumed = record.originalKafkaOffset() + 1;
        task.put(List.of(record));
    }

    /** Keeps a record with this key and value for the next {@link #offer(String, String)}; null is a tombstone. */
    public void collect(String key, @Nullable String value) {
        byte[] bytes = value == null ? null : value.getBytes(UTF_8);
        collected.add(new SinkRecord(partition.topic(), 0, null, key, null, bytes, consumed++));
    }

    /** One poll with the collected records and one more. */
    public void offer(String key, @Nullable String value) {
        collect(key, value);
        List<SinkRecord> poll = List.copyOf(collected);
        collected.clear();
        task.put(poll);
    }

    /** Offers this many records in polls of Connect's default size, while the task has not paused its partition. */
    public void feed(int records) {
        for (int left = records; left > 0; left -= POLL) {
            awaitRoom(PATIENCE);
            offer(Math.min(POLL, left));
        }
    }

    /** Offers this many records and polls until everything may be committed. */
    public FakeWorker settle(int records) {
        feed(records);
        drain();
        return this;
    }

    /** Polls until the task resumes its partition. */
    public void awaitRoom(Duration atMost) {
        if (paused) {
            until("room", atMost, () -> !paused);
        }
    }

    /** One poll without records. */
    public void poll() {
        rewind();
        task.put(List.of());
    }

    /** Returns how many records were offered. */
    public long consumed() {
        return consumed;
    }

    /** Polls until everything may be committed. */
    public void drain() {
        drain(PATIENCE);
    }

    public void drain(Duration atMost) {
        until("everything to be committable", atMost, () -> committable() == consumed);
    }

    public long committable() {
        return precommit().get(partition).offset();
    }

    /** Whether the task returns an offset for its partition at all. */
    public boolean commits() {
        return precommit().containsKey(partition);
    }

    private Map<TopicPartition, OffsetAndMetadata> precommit() {
        return task.preCommit(Map.of(partition, new OffsetAndMetadata(consumed)));
    }

    public void until(String what, Duration atMost, BooleanSupplier condition) {
        until(what, atMost, this::poll, condition);
    }

    /** Offers this many records and polls until the task fails. @return the text of the failure */
    public String failure(int records) {
        return failure(() -> offer(records), PATIENCE);
    }

    public String failure(Runnable load, Duration atMost) {
        try {
            load.run();
            until("the task to fail", atMost, () -> false);
        } catch (ConnectException failed) {
            return String.valueOf(failed.getMessage());
        }
        throw new AssertionError("the task did not fail");
    }

    /** Ends the task without a last commit, once. @return how long the task's own stop took */
    public Duration stop() {
        if (!running) {
            return Duration.ZERO;
        }
        running = false;
        task.close(Set.of(partition));
        long begin = System.nanoTime();
        task.stop();
        return since(begin);
    }

    @Override
    public Set<TopicPartition> assignment() {
        return Set.of(partition);
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return (record, why) -> {
            rejected.add(record.originalKafkaOffset() + ": " + why.getMessage());
            return CompletableFuture.completedFuture(null);
        };
    }

    /** As in Connect, the consumer seeks before the next poll. */
    @Override
    public void offset(TopicPartition id, long offset) {
        if (!id.equals(partition)) {
            throw new AssertionError(id + " is not assigned");
        }
        sought = offset;
    }

    private SinkRecord record(byte[] value) {
        long offset = consumed++;
        LongUnaryOperator stamps = timestamps;
        String topic = partition.topic();
        return stamps == null
                ? new SinkRecord(topic, 0, null, null, null, value, offset)
                : new SinkRecord(
                        topic,
                        0,
                        null,
                        null,
                        null,
                        value,
                        offset,
                        stamps.applyAsLong(offset),
                        TimestampType.CREATE_TIME);
    }

    private static Duration since(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}
