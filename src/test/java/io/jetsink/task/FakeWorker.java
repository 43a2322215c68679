package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

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
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.sink.SinkTaskContext;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Plays the worker for one task with partition 0 of one topic, on the thread of the test: feeds it numbered records, minds
 * its pauses, and asks what may be committed. Values are those of {@link io.jetsink.support.LoadProducer}, so that
 * {@link io.jetsink.support.stream.StreamChecker} knows them.
 */
public final class FakeWorker implements SinkTaskContext {
    private static final int POLL = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What came to Connect's reporter, as {@code offset: reason}. */
    public final List<String> rejected = new ArrayList<>();

    private final SinkTask task;
    private final List<SinkRecord> collected = new ArrayList<>();
    private final TopicPartition partition;
    private ErrantRecordReporter reporter = (record, why) -> {
        rejected.add(record.originalKafkaOffset() + ": " + why.getMessage());
        return CompletableFuture.completedFuture(null);
    };
    private boolean paused;
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
        return took;
    }

    /** Where the consumer goes on, as after a restart or a new topic of the same name. */
    public void seek(long offset) {
        consumed = offset;
    }

    /** The records' timestamps by their offsets. */
    public void stamp(LongUnaryOperator byOffset) {
        timestamps = byOffset;
    }

    /** The records by their offsets, in the place of numbered ones. */
    public void deliver(LongFunction<SinkRecord> byOffset) {
        records = byOffset;
    }

    /** Takes what is rejected in the place of {@link #rejected}. */
    public void report(ErrantRecordReporter rejects) {
        reporter = rejects;
    }

    /** Whether the task wants no more records for now. */
    public boolean isPaused() {
        return paused;
    }

    /** A rebalance that leaves the partition where it is, or brings it back. */
    public void reopen() {
        task.close(Set.of(partition));
        paused = false;
        task.open(Set.of(partition));
    }

    /** One poll that brings so many records, paused or not. */
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

    /** One poll that brings a record of this size. */
    public void offerLarge(int size) {
        task.put(List.of(record(new byte[size])));
    }

    /** One poll that brings this record, which says its own offset. */
    public void offer(SinkRecord record) {
        consumed = record.originalKafkaOffset() + 1;
        task.put(List.of(record));
    }

    /** Keeps a record with this key and value for the next {@link #offer(String, String)}; null is a tombstone. */
    public void collect(String key, @Nullable String value) {
        byte[] bytes = value == null ? null : value.getBytes(UTF_8);
        collected.add(new SinkRecord(partition.topic(), 0, null, key, null, bytes, consumed++));
    }

    /** One poll that brings a record with this key and value behind those that were collected. */
    public void offer(String key, @Nullable String value) {
        collect(key, value);
        List<SinkRecord> poll = List.copyOf(collected);
        collected.clear();
        task.put(poll);
    }

    /** So many records, in polls of Connect's default size, as the task takes them. */
    public void feed(int records) {
        for (int left = records; left > 0; left -= POLL) {
            awaitRoom(PATIENCE);
            offer(Math.min(POLL, left));
        }
    }

    /** Polls, with nothing, while the task has paused its partition. */
    public void awaitRoom(Duration atMost) {
        if (paused) {
            until("room", atMost, () -> !paused);
        }
    }

    /** A poll that brings nothing. */
    public void poll() {
        rewind();
        task.put(List.of());
    }

    /** How many records were offered. */
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

    /** Whether the task lets anything be committed at all. */
    public boolean commits() {
        return precommit().containsKey(partition);
    }

    private Map<TopicPartition, OffsetAndMetadata> precommit() {
        return task.preCommit(Map.of(partition, new OffsetAndMetadata(consumed)));
    }

    /** Polls until the condition holds. */
    public void until(String what, Duration atMost, BooleanSupplier condition) {
        Awaitility.await(what)
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(atMost)
                .until(() -> {
                    poll();
                    return condition.getAsBoolean();
                });
    }

    /** Ends the task without a last commit. @return how long the task's own stop took */
    public Duration stop() {
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
    public void pause(TopicPartition... partitions) {
        paused = true;
    }

    @Override
    public void resume(TopicPartition... partitions) {
        paused = false;
    }

    @Override
    public void timeout(long timeoutMs) {
        if (timeoutMs <= 0) {
            throw new AssertionError("a poll cannot last " + timeoutMs + " ms");
        }
    }

    @Override
    public ErrantRecordReporter errantRecordReporter() {
        return (record, why) -> reporter.report(record, why);
    }

    @Override
    public Map<String, String> configs() {
        throw notForTheTask();
    }

    @Override
    public void offset(Map<TopicPartition, Long> offsets) {
        throw notForTheTask();
    }

    /** As Connect does: the consumer seeks before the next poll. */
    @Override
    public void offset(TopicPartition id, long offset) {
        if (!id.equals(partition)) {
            throw new AssertionError(id + " is not assigned");
        }
        sought = offset;
    }

    @Override
    public void requestCommit() {
        throw notForTheTask();
    }

    @Override
    public PluginMetrics pluginMetrics() {
        throw notForTheTask();
    }

    private SinkRecord record(byte[] value) {
        long offset = consumed++;
        LongUnaryOperator stamps = timestamps;
        return stamps == null
                ? new SinkRecord(partition.topic(), 0, null, null, null, value, offset)
                : new SinkRecord(
                        partition.topic(),
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

    private static AssertionError notForTheTask() {
        return new AssertionError("the task has no business with this");
    }
}
