package io.jetsink.task;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.WorkerContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Plays the worker and its consumer for one task with many partitions, on the thread of the test: polls bring runs of one
 * partition after the other, seeks come true before the next poll, and {@code preCommit} is called every second. Values are
 * those of {@link io.jetsink.support.LoadProducer}.
 */
final class ReplayWorker extends WorkerContext {
    private static final int POLL = 500;
    private static final long COMMIT_NANOS = Duration.ofSeconds(1).toNanos();

    /** Seeks that the task asked for, in order. */
    final List<String> seeks = new ArrayList<>();

    private final NatsJetStreamSinkTask task = new NatsJetStreamSinkTask();
    private final List<TopicPartition> partitions;
    private final long[] position;
    private final long[] framework;
    private final long[] end;
    private final Map<TopicPartition, Long> sought = new HashMap<>();
    private long logStart;
    private boolean latest;
    private int turn;
    private long run;
    private long runLength = POLL;
    private long committedAt = System.nanoTime();

    /** What the task lets Connect commit, as of the last {@code preCommit}. */
    Map<TopicPartition, OffsetAndMetadata> committable = Map.of();

    ReplayWorker(String topic, int partitions) {
        this.partitions = IntStream.range(0, partitions)
                .mapToObj(number -> new TopicPartition(topic, number))
                .toList();
        this.position = new long[partitions];
        this.framework = new long[partitions];
        this.end = new long[partitions];
    }

    ReplayWorker start(Map<String, String> config) {
        task.initialize(this);
        task.start(config);
        task.open(partitions);
        return this;
    }

    /** Where the consumer begins, in all partitions. */
    ReplayWorker from(long offset) {
        IntStream.range(0, position.length).forEach(number -> {
            position[number] = offset;
            framework[number] = offset;
        });
        return this;
    }

    /** How many records each partition has from now on. */
    void produce(long records) {
        Arrays.fill(end, records);
    }

    /** Retention has removed what is below this offset; the consumer then begins at the end of the log, or at its start. */
    void cut(long start, boolean atEnd) {
        logStart = start;
        latest = atEnd;
    }

    /** How many records of a partition come before those of the next one. */
    void runs(long records) {
        runLength = records;
    }

    /** Where the consumer stands in a partition. */
    long position(int partition) {
        return position[partition];
    }

    boolean isConsumed() {
        return IntStream.range(0, end.length).allMatch(number -> position[number] >= end[number]);
    }

    boolean isCommittable() {
        commit();
        return isConsumed()
                && IntStream.range(0, end.length)
                        .allMatch(number ->
                                committable.get(partitions.get(number)).offset() == end[number]);
    }

    /** One poll. */
    void poll() {
        sought.forEach((partition, offset) -> {
            int number = partition.partition();
            framework[number] = offset;
            position[number] = offset < logStart ? latest ? end[number] : logStart : offset;
        });
        sought.clear();
        List<SinkRecord> records = new ArrayList<>();
        if (!paused) {
            for (int i = 0; i < end.length && records.isEmpty(); i++) {
                fetch(records);
            }
        }
        task.put(records);
        System.arraycopy(position, 0, framework, 0, position.length);
        if (System.nanoTime() - committedAt > COMMIT_NANOS) {
            commit();
        }
    }

    private void fetch(List<SinkRecord> records) {
        while (records.size() < POLL && run < runLength && position[turn] < end[turn]) {
            long offset = position[turn]++;
            run++;
            records.add(new SinkRecord(
                    partitions.get(turn).topic(),
                    turn,
                    null,
                    null,
                    null,
                    (turn + ":" + offset + ":").getBytes(US_ASCII),
                    offset,
                    1_000 + offset,
                    TimestampType.CREATE_TIME));
        }
        if (run >= runLength || position[turn] >= end[turn]) {
            turn = (turn + 1) % end.length;
            run = 0;
        }
    }

    private void commit() {
        committedAt = System.nanoTime();
        committable = task.preCommit(partitions.stream()
                .collect(Collectors.toMap(id -> id, id -> new OffsetAndMetadata(framework[id.partition()]))));
    }

    /** Polls until the condition holds. */
    void until(String what, Duration atMost, BooleanSupplier condition) {
        until(what, atMost, this::poll, condition);
    }

    /** Without a last commit. */
    void crash() {
        task.close(partitions);
        task.stop();
    }

    @Override
    public Set<TopicPartition> assignment() {
        return Set.copyOf(partitions);
    }

    @Override
    public void offset(TopicPartition id, long offset) {
        seeks.add(id + "@" + offset);
        sought.put(id, offset);
    }

    @Override
    public @Nullable ErrantRecordReporter errantRecordReporter() {
        return null;
    }
}
