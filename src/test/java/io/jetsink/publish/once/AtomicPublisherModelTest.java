package io.jetsink.publish.once;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.once.AtomicStream.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tasks that crash, are taken for dead and go on, lose their connections, requests and answers, and records that nobody can
 * store: every record is in the stream once and in order, or was rejected.
 */
class AtomicPublisherModelTest {
    private static final int PARTITIONS = 3;
    private static final long RECORDS = 300;
    private static final int STEPS = 20_000;
    /** Steps without a record until a run is over: longer than a claim yields to another one, after which a consumer may go back. */
    private static final int CALM = 500;
    /** But for an answer that never comes: time goes by in steps here, and requests take the real one. */
    private static final Fault[] FAULTS =
            EnumSet.complementOf(EnumSet.of(Fault.SILENT)).toArray(Fault[]::new);

    private final AtomicLong clock = new AtomicLong();
    private final AtomicStream stream = new AtomicStream();
    private final long[] consumer = new long[PARTITIONS];
    private final long[] committed = new long[PARTITIONS];
    private final List<AtomicTask> zombies = new ArrayList<>();
    private final TreeSet<String> rejected = new TreeSet<>();
    private Random random;
    private AtomicTask task;
    private boolean faulty = true;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("jetsink.seeds", 100));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void storesEverythingOnceAndInOrder(long seed) throws Exception {
        random = new Random(seed);
        stream.refusesMembers = random.nextBoolean();
        stream.faults = this::fault;
        begin();
        int step = 0;
        for (int calm = 0; calm < CALM; calm = isConsumed() && task.isDrained() ? calm + 1 : 0) {
            assertThat(step++).as("steps").isLessThan(STEPS);
            faulty = step < STEPS / 4 && calm == 0;
            step();
        }
        stream.settle();

        for (int partition = 0; partition < PARTITIONS; partition++) {
            // Not compared as lists: what is different would drown.
            List<String> stored = stored(partition);
            List<String> good = good(partition);
            int same = 0;
            while (same < Math.min(stored.size(), good.size())
                    && stored.get(same).equals(good.get(same))) {
                same++;
            }
            assertThat(stored.subList(same, Math.min(stored.size(), same + 5)))
                    .as("what comes after %d records of partition %d", same, partition)
                    .isEqualTo(good.subList(same, Math.min(good.size(), same + 5)));
        }
        assertThat(task.definite).isNull();
    }

    private void begin() {
        task = new AtomicTask(
                stream,
                clock,
                Map.of("publish.max.pending", Integer.toString(1 + random.nextInt(60)), "exactly.once.linger.ms", "0"));
        System.arraycopy(committed, 0, consumer, 0, PARTITIONS);
        boolean forgotten = chance(3);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            task.open(partition);
            // Kafka has forgotten the group's offsets, and the consumer begins at the end of the log.
            if (forgotten && stream.lastOffset(AtomicTask.subject(partition)) >= 0) {
                consumer[partition] = Math.min(RECORDS, consumer[partition] + random.nextInt(30));
            }
        }
    }

    private void step() throws Exception {
        clock.addAndGet(Duration.ofMillis(20).toNanos());
        task.seeks.forEach((partition, offset) -> consumer[partition] = offset);
        task.seeks.clear();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (int more = random.nextInt(8); more > 0 && consumer[partition] < RECORDS; more--) {
                long offset = consumer[partition]++;
                String payload = isBad(partition, offset) ? "bad" : partition + ":" + offset;
                task.admit(partition, offset, payload, 1_000 + offset);
            }
        }
        task.put();
        for (AtomicTask zombie : zombies) {
            zombie.put();
        }
        if (chance(4)) {
            stream.settle();
        }
        if (!faulty || chance(10)) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                committed[partition] = task.committable(partition, consumer[partition]);
            }
        }
        if (faulty && chance(30)) {
            stream.forgetStaged();
        }
        if (faulty && chance(20)) {
            task.disconnect();
        }
        if (faulty && chance(40)) {
            // Somebody else takes over; the one before may not know.
            zombies.clear();
            if (random.nextBoolean()) {
                task.closeUnclaimed();
                zombies.add(task);
            }
            begin();
        }
    }

    private Fault fault() {
        return faulty && chance(3) ? FAULTS[random.nextInt(FAULTS.length)] : Fault.NONE;
    }

    private boolean chance(int in) {
        return random.nextInt(in) == 0;
    }

    private boolean isConsumed() {
        return Arrays.stream(consumer).allMatch(offset -> offset == RECORDS);
    }

    private static boolean isBad(int partition, long offset) {
        return (partition * 31 + offset) % 97 == 5;
    }

    private static List<String> good(int partition) {
        return LongStream.range(0, RECORDS)
                .filter(offset -> !isBad(partition, offset))
                .mapToObj(offset -> partition + ":" + offset)
                .toList();
    }

    private List<String> stored(int partition) {
        return stream.records.stream()
                .map(message -> new String(message.payload(), UTF_8))
                .filter(payload -> payload.startsWith(partition + ":"))
                .toList();
    }
}
