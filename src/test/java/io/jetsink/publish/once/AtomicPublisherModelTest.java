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
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every record is in the stream once and in order, or was rejected, through any sequence of faults: tasks that crash, zombies,
 * lost connections, requests and answers, records that the stream refuses, a small batch limit, rebalances within a task,
 * purged markers.
 */
class AtomicPublisherModelTest {
    private static final int PARTITIONS = 3;
    private static final long RECORDS = 300;
    private static final int STEPS = 20_000;
    /** Payload of a record that the stream refuses for its size: larger than a marker, which would be at fault otherwise. */
    private static final String BAD = "bad".repeat(200);
    /**
     * Steps without a record until a run is over. They take longer than a claim yields to another one, after which the
     * consumer may be sent back.
     */
    private static final int CALM = 500;
    /** In this time a marker is written again and read back. Two purges within it look like a marker under another subject. */
    private static final long PURGE_PAUSE_NANOS = Duration.ofSeconds(2).toNanos();
    /** All except an answer that never comes: requests time out in real time, and time passes in steps here. */
    private static final Fault[] FAULTS =
            EnumSet.complementOf(EnumSet.of(Fault.SILENT)).toArray(Fault[]::new);

    private final AtomicLong clock = new AtomicLong();
    private final AtomicStream stream = new AtomicStream();
    private final long[] consumer = new long[PARTITIONS];
    private final long[] committed = new long[PARTITIONS];
    private final List<AtomicTask> zombies = new ArrayList<>();
    private final List<AtomicTask> tasks = new ArrayList<>();
    private Random random;
    private AtomicTask task;
    private boolean faulty = true;
    /**
     * Whether markers are purged. In such a run no other task takes over, and no batch is stored after the task has read its
     * markers: without a marker neither the next owner nor the task can know what is stored (guarantees.md).
     */
    private boolean purges;

    private long purgedAt;

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("jetsink.seeds", 100));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void storesEverythingOnceAndInOrder(long seed) throws Exception {
        random = new Random(seed);
        stream.refusesMembers = random.nextBoolean();
        stream.maxBatch = new int[] {5, 20, 1000}[random.nextInt(3)];
        purges = chance(3);
        stream.refused = BAD;
        stream.faults = this::fault;
        begin();
        int step = 0;
        for (int calm = 0; calm < CALM; calm = isConsumed() && task.isDrained() ? calm + 1 : 0) {
            assertThat(step++).as("steps; %s", task.definite).isLessThan(STEPS);
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
        assertThat(tasks.stream().flatMap(any -> any.rejections.stream()))
                .as("reported at least once")
                .contains(bad());
    }

    private void begin() {
        task = new AtomicTask(
                stream,
                clock,
                Map.of("publish.max.pending", Integer.toString(1 + random.nextInt(60)), "exactly.once.linger.ms", "0"));
        tasks.add(task);
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
                String payload = isBad(partition, offset) ? BAD : partition + ":" + offset;
                boolean rollup = chance(20) && !payload.equals(BAD);
                if (rollup) {
                    task.admitRollup(partition, offset);
                } else {
                    task.admit(partition, offset, payload, 1_000 + offset);
                }
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
            if (purges) {
                purge();
            } else if (random.nextBoolean()) {
                reassign(random.nextInt(PARTITIONS));
            } else {
                takeOver();
            }
        }
    }

    /** Another task is assigned the partitions; the previous one may not know that. */
    private void takeOver() {
        zombies.clear();
        if (random.nextBoolean()) {
            task.closeUnclaimed();
            zombies.add(task);
        }
        begin();
    }

    /** The partition is revoked from the task and assigned to it again. */
    private void reassign(int partition) {
        task.close(partition);
        task.open(partition);
        consumer[partition] = committed[partition];
    }

    /** The stream executes a purge behind everything that it has accepted before. */
    private void purge() {
        if (clock.get() - purgedAt < PURGE_PAUSE_NANOS) {
            return;
        }
        purgedAt = clock.get();
        stream.settle();
        int only = random.nextInt(2 * PARTITIONS);
        for (int partition = 0; partition < PARTITIONS; partition++) {
            String subject = AtomicTask.subject(partition);
            if (stream.lastOffset(subject) >= 0 && (only >= PARTITIONS || only == partition)) {
                stream.purgeMarker(subject);
            }
        }
    }

    private Fault fault() {
        Fault fault = faulty && chance(3) ? FAULTS[random.nextInt(FAULTS.length)] : Fault.NONE;
        return purges && (fault == Fault.PROPOSED || fault == Fault.LATE) ? Fault.LOST : fault;
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

    private static String[] bad() {
        return IntStream.range(0, PARTITIONS)
                .boxed()
                .flatMap(partition -> LongStream.range(0, RECORDS)
                        .filter(offset -> isBad(partition, offset))
                        .mapToObj(offset -> partition + ":" + offset))
                .toArray(String[]::new);
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
