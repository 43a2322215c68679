package io.jetsink.faults;

import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamTally;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Workers with little to do, and with many partitions. */
final class QuietFaults {
    /** Longer than a server remembers a batch, so that commits come between. */
    private static final String COMMITS = "20000";

    /** How often each pause is made; twenty are the quiet hour. */
    private static final int ROUNDS = Integer.getInteger("faults.quiet.rounds", 1);

    private QuietFaults() {}

    static List<Scenario> scenarios() {
        return List.of(
                Scenario.of(
                        47,
                        "4 tasks on one stream, a record every 1, 9, 11, 45 s",
                        WorkerScene.of(QuietFaults::pauses)
                                .workers(1)
                                .tasks(4)
                                .partitions(4)
                                .silent()
                                .settings(workers -> workers.property("offset.flush.interval.ms", COMMITS))),
                // Sync stores five records a second there.
                Scenario.of(
                                49,
                                "worker killed, 200 partitions with a backlog, round trips of 200 ms",
                                WorkerScene.of(site -> {
                                            site.anyWorker().kill9();
                                            site.bridge().connect().workers().stream()
                                                    .filter(worker -> !worker.alive())
                                                    .forEach(worker -> worker.restart());
                                            site.healed();
                                        })
                                        .tasks(1)
                                        .partitions(200)
                                        .backlog(50)
                                        .recordsPerSecond(400)
                                        .delay(Duration.ofMillis(100))
                                        .atTheEnd(QuietFaults::allPartitionsGoOn))
                        .only(Guarantee.ASYNC, Guarantee.FAST, Guarantee.EXACTLY_ONCE));
    }

    /** Partitions that are claimed one after the other need two round trips each. */
    private static void allPartitionsGoOn(WorkerSite site, WorkerLane lane, StreamTally tally) {
        List<StreamEntry> after = tally.entries().stream()
                .filter(entry -> entry.storedAt().isAfter(site.healedAt().get()))
                .toList();
        Instant end = after.get(0).storedAt().plusSeconds(30);
        long partitions = after.stream()
                .filter(entry -> entry.storedAt().isBefore(end))
                .mapToInt(StreamEntry::partition)
                .distinct()
                .count();
        if (partitions < 150) {
            lane.problem("of 200 partitions, " + partitions + " went on within 150 round trips");
        }
    }

    /** Nothing happens to anybody: no connection ends, and nobody warns. */
    private static void pauses(WorkerSite site) {
        produce(site);
        site.hold(Duration.ofSeconds(25));
        Map<WorkerLane, Long> connections = new HashMap<>();
        Map<WorkerLane, Long> warnings = new HashMap<>();
        for (WorkerLane lane : site.lanes()) {
            connections.put(lane, site.proxy().connectionsOf(lane.name()));
            warnings.put(lane, warnings(site, lane));
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int seconds : List.of(1, 1, 1, 1, 1, 9, 9, 9, 11, 11, 11, 45)) {
                produce(site);
                site.hold(Duration.ofSeconds(seconds));
            }
        }
        site.healed();
        for (WorkerLane lane : site.lanes()) {
            long opened = site.proxy().connectionsOf(lane.name()) - connections.getOrDefault(lane, 0L);
            long logged = warnings(site, lane) - warnings.getOrDefault(lane, 0L);
            if (opened > 0) {
                lane.problem(opened + " connections were opened, though nothing had cut one");
            }
            if (logged > 0) {
                lane.problem(logged + " WARNs were logged");
            }
        }
    }

    private static void produce(WorkerSite site) {
        site.lanes().forEach(lane -> lane.load().produce(1));
    }

    /** Behind the thread, which is named by the connector whatever it logs. */
    private static long warnings(WorkerSite site, WorkerLane lane) {
        return site.bridge().logged(" WARN ").stream()
                .filter(line -> line.substring(line.indexOf(']') + 1).contains(lane.name()))
                .count();
    }
}
