package io.jetsink.delivery;

import io.jetsink.support.WorkerContext;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.IllegalWorkerStateException;

/**
 * What a worker gives its task, with the worker's memory: pauses the task asked for outlive a rebalance, if the partition
 * is assigned again. Refuses other threads, partitions that are not assigned, and everything the task is not to use.
 */
public final class FakeContext extends WorkerContext {
    private final Thread task = Thread.currentThread();
    private final Set<TopicPartition> assignment = new LinkedHashSet<>();
    private final Set<TopicPartition> remembered = new LinkedHashSet<>();
    private final Set<TopicPartition> paused = new LinkedHashSet<>();
    private final BooleanSupplier resumes;
    private final Map<TopicPartition, Long> seeks = new HashMap<>();
    private BiConsumer<TopicPartition, Long> onSeek = (partition, offset) -> {};
    private long timeout = -1;

    public FakeContext() {
        this(() -> true);
    }

    /** A context whose consumer may be deaf to resumes. */
    FakeContext(BooleanSupplier resumes) {
        this.resumes = resumes;
    }

    /** As a consumer does before Connect opens the partitions with the task. */
    public void assign(Collection<TopicPartition> partitions) {
        assignment.addAll(partitions);
        remembered.retainAll(assignment);
        paused.addAll(remembered);
    }

    /** As a consumer does after Connect closed the partitions with the task. */
    void revoke(Collection<TopicPartition> partitions) {
        assignment.removeAll(partitions);
        paused.removeAll(partitions);
    }

    /** The paused partitions. */
    Set<TopicPartition> paused() {
        return Set.copyOf(paused);
    }

    public boolean isPaused(TopicPartition partition) {
        return paused.contains(partition);
    }

    /** Receives each seek at once. */
    void onSeek(BiConsumer<TopicPartition, Long> listener) {
        onSeek = listener;
    }

    /** Where the consumer is to go on before the next poll, once. */
    Map<TopicPartition, Long> takeSeeks() {
        Map<TopicPartition, Long> asked = Map.copyOf(seeks);
        seeks.clear();
        return asked;
    }

    /** The timeout for the next poll, once, or -1. */
    public long takeTimeout() {
        long asked = timeout;
        timeout = -1;
        return asked;
    }

    @Override
    public Set<TopicPartition> assignment() {
        checkThread();
        return Set.copyOf(assignment);
    }

    @Override
    public void pause(TopicPartition... partitions) {
        checkAssigned(partitions);
        remembered.addAll(List.of(partitions));
        paused.addAll(List.of(partitions));
    }

    @Override
    public void resume(TopicPartition... partitions) {
        checkAssigned(partitions);
        if (resumes.getAsBoolean()) {
            List.of(partitions).forEach(remembered::remove);
            List.of(partitions).forEach(paused::remove);
        }
    }

    @Override
    public void timeout(long ms) {
        checkThread();
        timeout = ms;
    }

    @Override
    public void offset(TopicPartition partition, long offset) {
        onSeek.accept(partition, offset);
        checkAssigned(partition);
        seeks.put(partition, offset);
    }

    private void checkAssigned(TopicPartition... partitions) {
        checkThread();
        if (!assignment.containsAll(List.of(partitions))) {
            throw new IllegalWorkerStateException(List.of(partitions) + " are not all in " + assignment);
        }
    }

    private void checkThread() {
        if (Thread.currentThread() != task) {
            throw new AssertionError("the context is touched by " + Thread.currentThread());
        }
    }
}
