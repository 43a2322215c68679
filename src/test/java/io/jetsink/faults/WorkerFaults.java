package io.jetsink.faults;

import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.ConnectWorker;
import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamTally;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.awaitility.Awaitility;

/** What happens to workers, and to what their tasks are assigned. */
final class WorkerFaults {
    private static final Duration MOMENT = Duration.ofMillis(500);
    private static final Duration HOUR = Duration.ofHours(1);

    private WorkerFaults() {}

    static List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>(List.of(
                Scenario.of(1, "worker killed", WorkerScene.of(WorkerFaults::kill))
                        .controlled(),
                Scenario.of(2, "worker crashes after acks, before its commit", crash("crash-after-ack"))
                        .controlled(),
                Scenario.of(3, "worker crashes after publishing, before acks", crash("crash-after-publish"))
                        .controlled(),
                Scenario.of(
                        4,
                        "workers stopped cleanly, in turn",
                        WorkerScene.of(WorkerFaults::bounce).atTheEnd(WorkerFaults::nothingTwice)),
                Scenario.of(26, "13 rebalances", rebalances()),
                Scenario.of(
                        26,
                        "13 rebalances, cooperative",
                        rebalances()
                                .config(
                                        "consumer.override.partition.assignment.strategy",
                                        CooperativeStickyAssignor.class.getName())),
                Scenario.of(
                        26,
                        "13 rebalances, connect.protocol=eager",
                        rebalances().settings(workers -> workers.property("connect.protocol", "eager"))),
                Scenario.of(27, "worker frozen until another has taken over", WorkerScene.of(WorkerFaults::freeze))
                        .controlled(),
                Scenario.of(
                        27,
                        "put later than max.poll.interval.ms",
                        WorkerScene.of(site -> hitOnce(site, "delay-put"))
                                .config("consumer.override.max.poll.interval.ms", "6000")),
                Scenario.of(28, "preCommit throws", WorkerScene.of(WorkerFaults::throwInCommit)),
                Scenario.of(
                        37,
                        "worker pauses for 20 s",
                        WorkerScene.of(WorkerFaults::pause)
                                .config("consumer.override.session.timeout.ms", "45000")
                                .settings(workers -> workers.property("session.timeout.ms", "45000"))),
                Scenario.of(
                        39,
                        "256 MB of heap, 200 partitions in all, nats-server stopped for 20 s",
                        WorkerScene.of(WorkerFaults::stopServer)
                                .workers(1)
                                .partitions(50)
                                .valueBytes(1_000)
                                .settings(workers -> workers.heap("256m"))
                                .atTheEnd(WorkerFaults::memorySuffices))));
        if (WorkerClock.isPossible()) {
            all.add(Scenario.of(38, "workers' clocks an hour behind, right, an hour ahead", clockJumps()));
        }
        return all;
    }

    private static void kill(WorkerSite site) {
        for (int i = 0; i < 2; i++) {
            site.awaitFlow();
            site.hold(Duration.ZERO, MOMENT);
            ConnectWorker worker = site.anyWorker();
            worker.kill9();
            worker.restart();
            site.healed();
        }
    }

    private static WorkerScene crash(String point) {
        return WorkerScene.of(site -> {
            for (int i = 0; i < 2; i++) {
                site.awaitFlow();
                site.hold(Duration.ZERO, MOMENT);
                site.points().arm(point);
                ConnectWorker dead = awaitDeath(site.bridge());
                dead.restart();
                site.healed();
            }
        });
    }

    private static ConnectWorker awaitDeath(Bridge bridge) {
        return Awaitility.await("a worker to crash")
                .atMost(TaskSite.PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(
                        () -> bridge.connect().workers().stream()
                                .filter(worker -> !worker.alive())
                                .findFirst()
                                .orElse(null),
                        worker -> worker != null);
    }

    private static void bounce(WorkerSite site) {
        for (ConnectWorker worker : site.bridge().connect().workers()) {
            site.awaitFlow();
            worker.sigterm();
            worker.restart();
            site.healed();
        }
    }

    private static void nothingTwice(WorkerSite site, WorkerLane lane, StreamTally tally) {
        Set<List<Long>> seen = new HashSet<>();
        Collection<StreamEntry> entries = tally.entries();
        entries.forEach(entry -> seen.add(List.of((long) entry.partition(), entry.sequence())));
        if (seen.size() < entries.size()) {
            lane.problem((entries.size() - seen.size()) + " records are there twice after clean stops");
        }
    }

    /** Connect 4 may start a task once more that is one too many now, and fail it. */
    private static WorkerScene rebalances() {
        return WorkerScene.of(WorkerFaults::rebalance).config("tasks.max.enforce", "false");
    }

    private static void rebalance(WorkerSite site) {
        ConnectWorker added = null;
        for (int i = 0; i < 13; i++) {
            site.hold(Duration.ofSeconds(1), Duration.ofSeconds(3));
            if (i % 4 == 1) {
                added = added == null ? site.bridge().connect().addWorker() : restarted(added);
            } else if (i % 4 == 3 && added != null) {
                added.sigterm();
            } else {
                for (WorkerLane lane : site.lanes()) {
                    Map<String, String> config = new HashMap<>(lane.guarantee().config());
                    config.putAll(site.config());
                    site.bridge().run(lane.name(), 1 + site.random().nextInt(4), config);
                }
            }
        }
    }

    private static ConnectWorker restarted(ConnectWorker worker) {
        worker.restart();
        return worker;
    }

    private static void freeze(WorkerSite site) {
        ConnectWorker frozen = site.anyWorker();
        frozen.sigstop();
        // The other one has everything when all move on: the load is spread evenly.
        for (WorkerLane lane : site.lanes()) {
            site.bridge().awaitMore(lane.name(), 5_000);
        }
        frozen.sigcont();
        site.healed();
        site.awaitFlow();
    }

    private static void hitOnce(WorkerSite site, String point) throws IOException {
        for (int i = 0; i < 4; i++) {
            site.points().arm(point);
            site.points().awaitHit(point);
        }
        site.hold(Duration.ofSeconds(20));
    }

    private static void throwInCommit(WorkerSite site) throws IOException {
        for (int i = 0; i < 12; i++) {
            site.points().arm("throw-in-commit");
            site.points().awaitHit("throw-in-commit");
        }
    }

    private static void pause(WorkerSite site) {
        ConnectWorker worker = site.anyWorker();
        worker.sigstop();
        site.hold(Duration.ofSeconds(20));
        worker.sigcont();
        site.healed();
    }

    /**
     * Kafka's clients go by the wall clock, so that tasks may move, and so does Connect: set back, it commits nothing until the
     * clock is where it was (Connect 4.3.1), and a run that ended so would wait for that. The link to NATS goes by no clock.
     */
    private static WorkerScene clockJumps() {
        WorkerClock clock = new WorkerClock();
        return WorkerScene.of(site -> {
                    for (Duration ahead : List.of(HOUR.negated(), Duration.ZERO, HOUR)) {
                        site.awaitFlow();
                        clock.set(ahead);
                        site.hold(Duration.ofSeconds(5));
                    }
                    site.healed();
                    site.awaitFlow();
                })
                .settings(clock::in)
                .atTheEnd(WorkerFaults::noLinkWasGivenUp);
    }

    private static void noLinkWasGivenUp(WorkerSite site, WorkerLane lane, StreamTally tally) {
        site.bridge().logged("no working link to NATS").stream()
                .filter(line -> line.contains(lane.name()))
                .forEach(lane::problem);
        // Else the clocks were not set.
        long hours = site.bridge()
                .logs()
                .lines()
                .filter(line -> line.matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} .*"))
                .map(line -> line.substring(0, 2))
                .distinct()
                .count();
        if (hours < 3) {
            lane.problem("the workers' logs are from " + hours + " hours: the clocks were not set");
        }
    }

    private static void stopServer(WorkerSite site) {
        site.bridge().nats().sigstop();
        site.hold(Duration.ofSeconds(20));
        site.bridge().nats().sigcont();
        site.healed();
    }

    private static void memorySuffices(WorkerSite site, WorkerLane lane, StreamTally tally) {
        if (site.bridge().logs().contains("OutOfMemoryError")) {
            lane.problem("the worker ran out of memory");
        }
    }
}
