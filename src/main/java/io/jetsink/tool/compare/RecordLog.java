package io.jetsink.tool.compare;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * The records of all partitions, one partition after the other, with their first copy in the stream: 16 bytes for each. A
 * record is known by its index.
 */
public final class RecordLog {
    static final int NONE = -1;

    private final List<PartitionTally> partitions = new ArrayList<>();
    private final LongChunks offsets = new LongChunks();
    /** Stream sequence of the first copy, 0 for none. */
    private final LongChunks copies = new LongChunks();
    /** Records that the stream does not have to hold. */
    private final BitSet optional = new BitSet();
    /** Records whose copy may be that of another partition. */
    private final BitSet ambiguous = new BitSet();

    /** Begins a partition. Its records follow. */
    public PartitionTally begin(TopicPartition partition) {
        PartitionTally tally = new PartitionTally(partition, offsets.size());
        partitions.add(tally);
        return tally;
    }

    /**
     * Adds the next record of the last partition.
     *
     * @return its index
     */
    public int add(long offset) {
        offsets.add(offset);
        copies.add(0);
        partitions.get(partitions.size() - 1).end(size());
        return size() - 1;
    }

    int size() {
        return offsets.size();
    }

    public List<PartitionTally> partitions() {
        return partitions;
    }

    /** Returns the partition of a record. */
    PartitionTally partition(int index) {
        int low = 0;
        int high = partitions.size() - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (partitions.get(middle).first() <= index) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        // Empty partitions begin at the same index: the last one has the record.
        return partitions.get(low);
    }

    /** Returns the index of the record at an offset, or {@link #NONE}. */
    int find(PartitionTally partition, long offset) {
        int low = partition.first();
        int high = partition.end() - 1;
        while (low <= high) {
            int middle = low + high >>> 1;
            long found = offsets.get(middle);
            if (found == offset) {
                return middle;
            }
            if (found < offset) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return NONE;
    }

    long offset(int index) {
        return offsets.get(index);
    }

    /** Returns {@code topic-partition@offset}. */
    String coordinates(int index) {
        return partition(index).name() + "@" + offset(index);
    }

    /** Returns the stream sequence of the first copy, or 0. */
    long copy(int index) {
        return copies.get(index);
    }

    void copy(int index, long sequence) {
        copies.set(index, sequence);
    }

    boolean isOptional(int index) {
        return optional.get(index);
    }

    /** The stream does not have to hold this record. */
    public void setOptional(int index) {
        optional.set(index);
    }

    boolean isAmbiguous(int index) {
        return ambiguous.get(index);
    }

    void setAmbiguous(int index) {
        ambiguous.set(index);
    }
}
