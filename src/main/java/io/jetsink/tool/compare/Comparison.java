package io.jetsink.tool.compare;

import io.nats.client.impl.Headers;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Compares the messages of the stream, in order, with the records of the log. */
public final class Comparison {
    /** Number of examples of each kind. */
    static final int EXAMPLES = 10;

    private final RecordLog log;
    private final RecordMatcher matcher;
    private final PartitionTally total = new PartitionTally(new TopicPartition("", 0), 0);
    private final List<Example> examples = new ArrayList<>();

    /** The kinds of differences. */
    public enum Kind {
        MISSING,
        DUPLICATE,
        OUT_OF_ORDER,
        FOREIGN
    }

    /**
     * A difference.
     *
     * @param record coordinates of the record, or null for a foreign message
     * @param sequence of the message in the stream, or 0 for a missing one
     * @param other sequence of the first copy of a duplicate, or of the message that the record has to precede; else 0
     * @param text coordinates of the record to precede, or subject of a foreign message, or null
     */
    public record Example(
            Kind kind,
            @Nullable String record,
            long sequence,
            long other,
            @Nullable String text) {}

    public Comparison(RecordLog log, RecordMatcher matcher) {
        this.log = log;
        this.matcher = matcher;
    }

    /** Adds the next message of the stream. */
    public void add(long sequence, String subject, @Nullable Headers headers, byte[] payload) {
        int index = matcher.find(subject, headers, payload);
        if (index == RecordMatcher.FOREIGN) {
            PartitionTally expired = matcher.expired(headers);
            if (expired == null) {
                total.add(Count.FOREIGN, 1);
                example(new Example(Kind.FOREIGN, null, sequence, 0, subject));
            } else {
                expired.add(Count.EXPIRED, 1);
            }
        } else if (log.copy(index) == 0) {
            log.copy(index, sequence);
        } else {
            log.partition(index).add(Count.DUPLICATES, 1);
            example(new Example(Kind.DUPLICATE, log.coordinates(index), sequence, log.copy(index), null));
        }
    }

    /**
     * Ends the comparison.
     *
     * @param removes whether the limits of the stream have removed its first messages: the first records of a partition may
     *     then be absent
     * @return the sum of all partitions
     */
    public PartitionTally end(boolean removes) {
        for (PartitionTally partition : log.partitions()) {
            count(partition, removes);
            order(partition);
            total.add(partition);
        }
        return total;
    }

    private void count(PartitionTally partition, boolean removes) {
        boolean beginning = removes;
        for (int index = partition.first(); index < partition.end(); index++) {
            boolean stored = log.copy(index) != 0;
            beginning &= !stored;
            if (log.isOptional(index)) {
                continue;
            }
            if (stored) {
                partition.add(Count.STORED, 1);
            } else if (beginning) {
                partition.add(Count.REMOVED, 1);
            } else {
                partition.add(Count.MISSING, 1);
                example(new Example(Kind.MISSING, log.coordinates(index), 0, 0, null));
            }
        }
    }

    /** Compares each record with the earliest message of all later records. */
    private void order(PartitionTally partition) {
        int earliest = RecordLog.NONE;
        List<Example> found = new ArrayList<>();
        for (int index = partition.end() - 1; index >= partition.first(); index--) {
            long sequence = log.copy(index);
            if (sequence == 0 || log.isAmbiguous(index)) {
                continue;
            }
            if (earliest != RecordLog.NONE && sequence > log.copy(earliest)) {
                partition.add(Count.OUT_OF_ORDER, 1);
                found.add(new Example(
                        Kind.OUT_OF_ORDER,
                        log.coordinates(index),
                        sequence,
                        log.copy(earliest),
                        log.coordinates(earliest)));
                if (found.size() > EXAMPLES) {
                    // The first ones are wanted, and this loop goes backward.
                    found.remove(0);
                }
            } else {
                earliest = index;
            }
        }
        for (int i = found.size() - 1; i >= 0; i--) {
            example(found.get(i));
        }
    }

    private void example(Example example) {
        if (examples(example.kind()).size() < EXAMPLES) {
            examples.add(example);
        }
    }

    /** Returns the first examples of a kind. */
    public List<Example> examples(Kind kind) {
        return examples.stream().filter(example -> example.kind() == kind).toList();
    }
}
