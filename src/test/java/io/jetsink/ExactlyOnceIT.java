package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.ConnectStatus;
import io.jetsink.support.ConnectWorker;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.StreamReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code delivery.guarantee=exactly-once} on the packaged plugin in real workers. */
class ExactlyOnceIT {
    private static final Map<String, String> EXACTLY_ONCE = Map.of("delivery.guarantee", "exactly-once");
    private static Bridge bridge;

    @BeforeAll
    static void start() {
        bridge = Bridge.start(2);
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    @Test
    void deliversEverythingOnceAndInOrder() throws Exception {
        create("once", 4);
        bridge.run("once", 2, EXACTLY_ONCE);
        try (LoadProducer load = bridge.load("once", 4).build()) {
            List<Long> produced = load.produce(50_000);

            bridge.awaitDrained("once");

            bridge.report("once", produced).assertClean();
        }
    }

    @Test
    void cleanRebalancesUnderLoadLeaveNoTrace() throws Exception {
        create("once-moves", 4);
        bridge.run("once-moves", 1, EXACTLY_ONCE);
        try (LoadProducer load =
                bridge.load("once-moves", 4).recordsPerSecond(8_000).build()) {
            load.start();
            bridge.awaitStored("once-moves", 10_000);

            bridge.run("once-moves", 4, EXACTLY_ONCE);
            bridge.awaitStored("once-moves", bridge.stored("once-moves") + 10_000);
            ConnectWorker added = bridge.connect().addWorker();
            bridge.run("once-moves", 2, EXACTLY_ONCE);
            bridge.awaitStored("once-moves", bridge.stored("once-moves") + 10_000);
            Duration stopped = added.sigterm();
            bridge.awaitStored("once-moves", bridge.stored("once-moves") + 10_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("once-moves");

            assertThat(stopped).isLessThan(Duration.ofSeconds(5));
            bridge.report("once-moves", produced).assertClean();
        }
    }

    @Test
    void storesEverythingOnceWhenWorkersAndTheServerAreKilled() throws Exception {
        kill("once-killed", new Random(4711), 1);
    }

    @Tag("faults")
    @Test
    void storesEverythingOnceWhateverIsKilledWhen() throws Exception {
        long duplicates = 0;
        for (long seed = 0; seed < Long.getLong("faults.seeds", 20); seed++) {
            duplicates += kill("once-killed-" + seed, new Random(seed), 5);
        }

        assertThat(duplicates)
                .as("copies without the guarantee: the faults bite")
                .isPositive();
    }

    /** @return how many copies at-least-once has made under the same faults */
    private static long kill(String once, Random random, int times) throws Exception {
        String control = once + "-control";
        create(once, 4);
        create(control, 4);
        bridge.run(once, 2, EXACTLY_ONCE);
        bridge.run(control, 2, Map.of("publish.mode", "async"));
        try (LoadProducer load = bridge.load(once, 4).recordsPerSecond(4_000).build();
                LoadProducer controlLoad =
                        bridge.load(control, 4).recordsPerSecond(4_000).build()) {
            load.start();
            controlLoad.start();
            for (int kill = 0; kill < times; kill++) {
                bridge.awaitStored(once, bridge.stored(once) + 2_000 + random.nextInt(6_000));
                bridge.nats().kill9();
                bridge.nats().restart();
                bridge.awaitStored(once, bridge.stored(once) + 2_000 + random.nextInt(6_000));
                ConnectWorker victim = bridge.connect().worker(random.nextInt(2));
                victim.kill9();
                victim.restart();
            }
            bridge.awaitStored(once, bridge.stored(once) + 2_000);
            List<Long> produced = load.stop();
            List<Long> controlProduced = controlLoad.stop();
            bridge.awaitDrained(once);
            bridge.awaitDrained(control);

            bridge.report(once, produced).assertClean();
            StreamReport copies = bridge.report(control, controlProduced);
            assertThat(copies.lost()).isZero();
            return copies.duplicated();
        } finally {
            bridge.rest().delete(once);
            bridge.rest().delete(control);
        }
    }

    /** In short: {@link ExactlyOnceFaultsIT}. */
    @Tag("faults")
    @Test
    void aWorkerThatIsTakenForDeadStoresNothingMore() throws Exception {
        create("once-zombie", 4);
        bridge.run("once-zombie", 2, EXACTLY_ONCE);
        try (LoadProducer load =
                bridge.load("once-zombie", 4).recordsPerSecond(8_000).build()) {
            awaitBothWorkers("once-zombie");
            load.start();
            bridge.awaitStored("once-zombie", 5_000);
            ConnectWorker zombie = bridge.connect().worker(1);
            zombie.sigstop();
            // The load is spread over all partitions: only when all move on, the other worker has taken over.
            awaitAllPartitions("once-zombie", load);
            zombie.sigcont();
            awaitAllPartitions("once-zombie", load);
            awaitBothWorkers("once-zombie");
            awaitAllPartitions("once-zombie", load);
            List<Long> produced = load.stop();
            bridge.awaitDrained("once-zombie");

            bridge.report("once-zombie", produced).assertClean();
            assertThat(zombie.log().lines().filter(line -> line.contains("is fenced")))
                    .as("once for each of its partitions at most")
                    .hasSizeLessThanOrEqualTo(2);
        }
    }

    private static void awaitBothWorkers(String name) {
        Awaitility.await("a task of " + name + " on each worker")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> bridge.rest().status(name).running(2)
                        && bridge.rest().status(name).tasks().stream()
                                        .map(ConnectStatus.Task::worker)
                                        .distinct()
                                        .count()
                                == 2);
    }

    /** Waits until what Kafka has a while from now is committed in every partition. */
    private static void awaitAllPartitions(String name, LoadProducer load) {
        load.awaitAcked(load.acked() + 16_000, Duration.ofSeconds(30));
        long share = load.acked() / 4;
        Awaitility.await("every partition of " + name + " to move on")
                .atMost(Duration.ofSeconds(90))
                .until(() -> {
                    Map<TopicPartition, Long> committed = bridge.committed(name);
                    return committed.size() == 4 && committed.values().stream().allMatch(offset -> offset >= share);
                });
    }

    private static void create(String name, int partitions) throws Exception {
        bridge.kafka().createTopic(name, partitions);
        bridge.createStream(
                name,
                stream -> stream.subjects(name + ".>", "jetsink.offsets." + name + ".>")
                        .allowAtomicPublish()
                        .allowRollup(true));
    }
}
