package io.jetsink.support.stream;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * The verdict on a stream.
 *
 * @param foreign messages that nobody produced
 * @param firstForeign the stream sequence of the first of them, or {@link #NONE}
 * @param total all messages of the stream, copies and foreign ones too
 */
public record StreamReport(List<Partition> partitions, long foreign, long firstForeign, long total) {
    /** Where there is no first of its kind. */
    public static final long NONE = -1;

    public StreamReport {
        partitions = List.copyOf(partitions);
    }

    /**
     * @param expected how many records were produced
     * @param lost how many of them are not in the stream
     * @param firstLost the number of the first lost record, or {@link #NONE}
     * @param duplicated how many copies there are beyond the first ones
     * @param firstDuplicate the stream sequence of the first such copy, or {@link #NONE}
     * @param outOfOrder how many first copies come after one with a higher number
     * @param firstOutOfOrder the stream sequence of the first of those, or {@link #NONE}
     */
    public record Partition(
            int partition,
            long expected,
            long lost,
            long firstLost,
            long duplicated,
            long firstDuplicate,
            long outOfOrder,
            long firstOutOfOrder) {
        @Override
        public String toString() {
            return "partition " + partition + ": " + (expected - lost) + " of " + expected + " stored, " + lost
                    + " lost"
                    + at(" from number ", firstLost) + ", " + duplicated + " duplicated"
                    + at(" from stream sequence ", firstDuplicate) + ", " + outOfOrder + " out of order"
                    + at(" from stream sequence ", firstOutOfOrder);
        }
    }

    public long lost() {
        return sum(Partition::lost);
    }

    public long duplicated() {
        return sum(Partition::duplicated);
    }

    public long outOfOrder() {
        return sum(Partition::outOfOrder);
    }

    /** How many of the produced records are in the stream, copies not counted. */
    public long delivered() {
        return sum(partition -> partition.expected() - partition.lost());
    }

    /** Everything is there once, in order, and nothing else. */
    public boolean clean() {
        return lost() == 0 && duplicated() == 0 && outOfOrder() == 0 && foreign == 0;
    }

    public void assertClean() {
        if (!clean()) {
            throw new AssertionError("The stream is not what was produced." + System.lineSeparator() + this);
        }
    }

    /** Nothing is lost, first copies are in order, nothing is foreign: copies after a fault are allowed. */
    public void assertOrderedAtLeastOnce() {
        if (lost() != 0 || outOfOrder() != 0 || foreign != 0) {
            throw new AssertionError(
                    "The stream lacks records, their order, or holds others." + System.lineSeparator() + this);
        }
    }

    @Override
    public String toString() {
        return partitions.stream()
                .map(Partition::toString)
                .collect(Collectors.joining(
                        System.lineSeparator(),
                        "",
                        System.lineSeparator() + foreign + " foreign" + at(" from stream sequence ", firstForeign)
                                + ", " + total + " messages in all"));
    }

    private static String at(String label, long first) {
        return first == NONE ? "" : label + first;
    }

    private long sum(ToLongFunction<Partition> field) {
        return partitions.stream().mapToLong(field).sum();
    }
}
