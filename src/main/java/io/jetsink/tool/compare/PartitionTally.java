package io.jetsink.tool.compare;

import java.util.EnumMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/** The counters of a partition, or of all partitions together. */
public final class PartitionTally {
    private final TopicPartition partition;
    private final int first;
    private final Map<Count, Long> counts = new EnumMap<>(Count.class);
    private int end;

    /** @param first index of its first record */
    PartitionTally(TopicPartition partition, int first) {
        this.partition = partition;
        this.first = first;
        this.end = first;
    }

    TopicPartition partition() {
        return partition;
    }

    int first() {
        return first;
    }

    /** Returns the index behind its last record. */
    int end() {
        return end;
    }

    void end(int index) {
        end = index;
    }

    /** Returns {@code topic-partition}. */
    public String name() {
        return partition.toString();
    }

    public long get(Count count) {
        return counts.getOrDefault(count, 0L);
    }

    public void add(Count count, long number) {
        counts.merge(count, number, Long::sum);
    }

    void add(PartitionTally other) {
        other.counts.forEach(this::add);
    }
}
