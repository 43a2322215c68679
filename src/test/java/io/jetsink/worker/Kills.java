package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.ConnectWorker;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exactly-once while workers and nats-servers are killed. At-least-once without message ids suffers the same beside it: if
 * that one made no copies, the faults would prove nothing.
 *
 * @param bridge two workers, and as many nats-servers as there are replicas
 * @param replicas of each stream
 * @param recordsPerSecond of each arm
 */
record Kills(Bridge bridge, int replicas, int recordsPerSecond) {
    private static final Logger LOG = LoggerFactory.getLogger(Kills.class);
    private static final int PARTITIONS = 4;
    private static final int TASKS = 2;

    /** The dead consumer of a killed worker has to leave its group before its partitions can move. */
    private static final Map<String, String> SOON_MISSED =
            Map.of("consumer.override.session.timeout.ms", "6000", "consumer.override.heartbeat.interval.ms", "1500");

    private enum Victim {
        WORKER,
        SERVER
    }

    /**
     * Kills so many workers and so many servers, by turns that the seed decides, and holds exactly-once to its promise.
     *
     * @return how many copies at-least-once has made
     */
    long run(String once, long seed, int times) throws Exception {
        String control = once + "-control";
        create(once, Map.of("delivery.guarantee", "exactly-once"));
        create(control, Map.of("publish.mode", "async"));
        long begin = System.nanoTime();
        try (LoadProducer load = load(once);
                LoadProducer controlLoad = load(control)) {
            load.start();
            controlLoad.start();
            kill(once, load, seed, times);
            List<Long> produced = load.stop();
            List<Long> controlProduced = controlLoad.stop();
            bridge.awaitDrained(once);
            bridge.awaitDrained(control);

            assertThat(bridge.rest().status(once).running(TASKS)).isTrue();
            StreamReport report = bridge.report(once, produced);
            StreamReport copies = bridge.report(control, controlProduced);
            LOG.info(
                    "seed {}, {} replicas, {} kills in {} s: exactly-once {} lost, {} twice, {} out of order of {};"
                            + " at-least-once {} lost, {} twice of {}",
                    seed,
                    replicas,
                    2 * times,
                    Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                    report.lost(),
                    report.duplicated(),
                    report.outOfOrder(),
                    sum(produced),
                    copies.lost(),
                    copies.duplicated(),
                    sum(controlProduced));
            assertThat(report.clean())
                    .as(() -> "seed " + seed + ": " + report + said(once))
                    .isTrue();
            assertThat(copies.lost()).as("seed %d: %s", seed, copies).isZero();
            return copies.duplicated();
        } finally {
            bridge.rest().delete(once);
            bridge.rest().delete(control);
        }
    }

    private void kill(String once, LoadProducer load, long seed, int times) {
        Random random = new Random(seed);
        List<Victim> turns = new ArrayList<>(Collections.nCopies(times, Victim.WORKER));
        turns.addAll(Collections.nCopies(times, Victim.SERVER));
        Collections.shuffle(turns, random);
        for (Victim victim : turns) {
            bridge.awaitMore(once, 500 + random.nextInt(4_000));
            switch (victim) {
                case WORKER -> {
                    ConnectWorker worker = bridge.connect().worker(random.nextInt(2));
                    worker.kill9();
                    worker.restart();
                }
                case SERVER -> {
                    NatsServer server = server(once, random);
                    server.kill9();
                    load.awaitAcked(load.acked() + random.nextInt(recordsPerSecond), Duration.ofSeconds(30));
                    server.restart();
                    server.awaitHealthy();
                }
            }
        }
        bridge.awaitMore(once, 2_000);
    }

    private NatsServer server(String once, Random random) {
        if (replicas == 1) {
            return bridge.nats();
        }
        return random.nextBoolean()
                ? bridge.cluster().streamLeader(once)
                : bridge.cluster().server(random.nextInt(replicas));
    }

    private void create(String name, Map<String, String> guarantee) throws Exception {
        bridge.createTopicAndOnceStream(name, PARTITIONS, stream -> stream.replicas(replicas));
        Map<String, String> config = new HashMap<>(SOON_MISSED);
        config.putAll(guarantee);
        bridge.run(name, TASKS, config);
    }

    private LoadProducer load(String name) {
        return bridge.load(name, PARTITIONS).recordsPerSecond(recordsPerSecond).build();
    }

    /** What the workers said of a connector, to find out what has happened. */
    private String said(String name) {
        return bridge.logged(name).stream()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .collect(Collectors.joining("\n", "\n", ""));
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }
}
