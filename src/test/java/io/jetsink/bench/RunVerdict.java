package io.jetsink.bench;

import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamPosition;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Checks what a run has stored: a speed without all records, each once and in order, would be the speed of something else. */
final class RunVerdict {
    private static final Pattern NUMBERS = Pattern.compile("([0-9]{1,9}):([0-9]{1,9}):");

    private RunVerdict() {}

    /** Returns the record that a message is, or null: its numbers are at the beginning of the payload, or of JSON. */
    static @Nullable StreamPosition position(Message message) {
        byte[] data = message.getData();
        Matcher numbers = NUMBERS.matcher(new String(data, 0, Math.min(data.length, 40), StandardCharsets.US_ASCII));
        return numbers.find()
                ? new StreamPosition(Integer.parseInt(numbers.group(1)), Long.parseLong(numbers.group(2)))
                : null;
    }

    /**
     * Returns the messages that count for the speed.
     *
     * @param complete whether the stream must hold all records. Otherwise it must hold the first records of each partition
     */
    static List<StreamEntry> counted(Run run, StreamTally tally, boolean complete) {
        List<StreamEntry> stored = tally.entries();
        if (run.arm.storesOnlyEnds()) {
            requireEnds(run, stored);
            return stored;
        }
        tally.assertClean(IntStream.range(0, run.partitions)
                .mapToObj(partition -> Math.max(complete ? run.records : 0L, records(stored, partition)))
                .toList());
        Instant begin = begin(run, stored);
        Instant end = begin.plus(run.limit);
        // A slow arm counts fewer records than the topic has.
        List<StreamEntry> counted = stored.stream()
                .limit((long) run.records * run.partitions)
                .filter(entry ->
                        !entry.storedAt().isBefore(begin) && !entry.storedAt().isAfter(end))
                .toList();
        if (counted.size() < 2) {
            throw new IllegalStateException("The arm " + run.arm.name() + " stored " + stored.size() + " messages, and "
                    + counted.size() + " of them in the time that counts");
        }
        return counted;
    }

    /** The ramp is at most half of the run: a fast run reaches the end of the topic early. */
    private static Instant begin(Run run, List<StreamEntry> stored) {
        Instant first = stored.get(0).storedAt();
        Duration half = Duration.between(first, stored.get(stored.size() - 1).storedAt())
                .dividedBy(2);
        return first.plus(half.compareTo(run.ramp) < 0 ? half : run.ramp);
    }

    private static void requireEnds(Run run, List<StreamEntry> stored) {
        List<Long> sequences =
                stored.stream().map(StreamEntry::sequence).sorted().distinct().toList();
        if (stored.size() != run.messages() || !sequences.equals(List.of(0L, run.records - 1L))) {
            throw new IllegalStateException("The stream does not hold the first and the last record: " + stored);
        }
    }

    private static long records(List<StreamEntry> stored, int partition) {
        return stored.stream()
                .filter(entry -> entry.partition() == partition)
                .mapToLong(entry -> entry.sequence() + 1)
                .max()
                .orElse(0);
    }
}
