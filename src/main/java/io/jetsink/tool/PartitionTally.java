package io.jetsink.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.common.TopicPartition;

/** What was counted for a partition. The sum of all partitions is one, too. */
final class PartitionTally {
    private final TopicPartition partition;
    private final int first;
    private int end;

    /** Records that the stream has to hold. */
    long records;
    /** Records of these that it holds. */
    long stored;

    long missing;
    /** Copies beyond the first one. */
    long duplicates;
    /** Records whose first copy stands behind a later record. */
    long outOfOrder;
    /** Messages that are no record. They have no partition. */
    long foreign;

    long rejected;
    /** Records that a transform or the connector leaves out. */
    long skipped;
    /** Records that the limits of the stream may have removed. */
    long removed;
    /** Records that another one with the same subject or id replaces. */
    long replaced;
    /** Messages of records that Kafka no longer has. */
    long expired;

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
    String name() {
        return partition.toString();
    }

    void add(PartitionTally other) {
        records += other.records;
        stored += other.stored;
        missing += other.missing;
        duplicates += other.duplicates;
        outOfOrder += other.outOfOrder;
        foreign += other.foreign;
        rejected += other.rejected;
        skipped += other.skipped;
        removed += other.removed;
        replaced += other.replaced;
        expired += other.expired;
    }

    void writeTo(ObjectNode json) {
        json.put("records", records)
                .put("stored", stored)
                .put("missing", missing)
                .put("duplicates", duplicates)
                .put("outOfOrder", outOfOrder)
                .put("foreign", foreign)
                .put("rejected", rejected)
                .put("skipped", skipped)
                .put("removed", removed)
                .put("replaced", replaced)
                .put("expired", expired);
    }
}
