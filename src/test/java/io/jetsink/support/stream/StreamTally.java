package io.jetsink.support.stream;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What was found in a stream, in stream order, to be held against what was produced. */
public final class StreamTally {
    private final List<StreamEntry> entries = new ArrayList<>();
    private final List<Long> foreign = new ArrayList<>();

    /** Entries must come in stream order. */
    public void add(StreamEntry entry) {
        entries.add(entry);
    }

    /** A message that nobody produced. */
    public void addForeign(long streamSequence) {
        foreign.add(streamSequence);
    }

    public List<StreamEntry> entries() {
        return List.copyOf(entries);
    }

    /** The part that was stored before an instant, by the server's clock. */
    public List<StreamEntry> storedBefore(Instant instant) {
        return entries.stream()
                .filter(entry -> entry.storedAt().isBefore(instant))
                .toList();
    }

    /** The part that was stored behind a stream sequence. */
    public StreamTally after(long streamSequence) {
        StreamTally later = new StreamTally();
        entries.stream()
                .filter(entry -> entry.streamSequence() > streamSequence)
                .forEach(later::add);
        foreign.stream().filter(sequence -> sequence > streamSequence).forEach(later::addForeign);
        return later;
    }

    /** @param expected how many records were produced into each partition, from partition 0 on */
    public StreamReport report(List<Long> expected) {
        List<Long> unexpected = new ArrayList<>(foreign);
        List<Partition> partitions = new ArrayList<>();
        for (long count : expected) {
            partitions.add(new Partition(count));
        }
        for (StreamEntry entry : entries) {
            int partition = entry.partition();
            if (partition < 0
                    || partition >= partitions.size()
                    || entry.sequence() < 0
                    || entry.sequence() >= expected.get(partition)) {
                unexpected.add(entry.streamSequence());
            } else {
                partitions.get(partition).add(entry);
            }
        }
        List<StreamReport.Partition> rows = new ArrayList<>();
        for (int i = 0; i < partitions.size(); i++) {
            rows.add(partitions.get(i).report(i));
        }
        return new StreamReport(
                rows,
                unexpected.size(),
                unexpected.stream().mapToLong(Long::longValue).min().orElse(StreamReport.NONE),
                entries.size() + foreign.size());
    }

    public void assertClean(List<Long> expected) {
        report(expected).assertClean();
    }

    /** Counts one partition; its order is the order of first copies. */
    private static final class Partition {
        private final long expected;
        private final BitSet seen = new BitSet();
        private long highest = -1;
        private long duplicated;
        private long firstDuplicate = StreamReport.NONE;
        private long outOfOrder;
        private long firstOutOfOrder = StreamReport.NONE;

        Partition(long expected) {
            this.expected = expected;
        }

        void add(StreamEntry entry) {
            int sequence = Math.toIntExact(entry.sequence());
            if (seen.get(sequence)) {
                if (duplicated++ == 0) {
                    firstDuplicate = entry.streamSequence();
                }
                return;
            }
            seen.set(sequence);
            if (sequence < highest && outOfOrder++ == 0) {
                firstOutOfOrder = entry.streamSequence();
            }
            highest = Math.max(highest, sequence);
        }

        StreamReport.Partition report(int partition) {
            long lost = expected - seen.cardinality();
            return new StreamReport.Partition(
                    partition,
                    expected,
                    lost,
                    lost == 0 ? StreamReport.NONE : seen.nextClearBit(0),
                    duplicated,
                    firstDuplicate,
                    outOfOrder,
                    firstOutOfOrder);
        }
    }
}
