package io.jetsink.faults;

import io.jetsink.support.Bridge;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.stream.StreamTally;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** Connectors from the packaged plugin in real workers, each with a topic, a load and a stream of its own. */
final class WorkerScene implements Scene {
    private static final Duration DRAINED = Duration.ofMinutes(4);

    private final WorkerFault fault;
    private final Map<String, String> config = new HashMap<>();
    private int workers = 2;
    private int tasks = 2;
    private int backlog;
    private boolean silent;
    private Duration oneWay = Duration.ZERO;
    private int brokers = 1;
    private int partitions = 2;
    private int morePartitions;
    private int valueBytes = 100;
    private int recordsPerSecond = 1_000;
    private UnaryOperator<ConnectCluster.Builder> settings = UnaryOperator.identity();
    private Look look = (site, lane, tally) -> {};

    /** Looks at a connector and its stream at the end, and says what is wrong by {@link WorkerLane#problem}. */
    interface Look {
        void at(WorkerSite site, WorkerLane lane, StreamTally tally) throws Exception;
    }

    private WorkerScene(WorkerFault fault) {
        this.fault = fault;
        config.putAll(Canary.CONFIG);
        // A dead consumer has to leave its group before its partitions can move.
        config.put("consumer.override.session.timeout.ms", "6000");
        config.put("consumer.override.heartbeat.interval.ms", "1500");
    }

    static WorkerScene of(WorkerFault fault) {
        return new WorkerScene(fault);
    }

    WorkerScene workers(int count) {
        workers = count;
        return this;
    }

    /** Of each connector. */
    WorkerScene tasks(int count) {
        tasks = count;
        return this;
    }

    /** So many records are in each partition before the connector begins. */
    WorkerScene backlog(int records) {
        backlog = records;
        return this;
    }

    /** No load but what the fault itself produces. */
    WorkerScene silent() {
        silent = true;
        return this;
    }

    /** How long everything takes between the tasks and nats-server, either way. */
    WorkerScene delay(Duration time) {
        oneWay = time;
        return this;
    }

    WorkerScene brokers(int count) {
        brokers = count;
        return this;
    }

    WorkerScene partitions(int count) {
        partitions = count;
        return this;
    }

    /** Partitions that the load does not write. */
    WorkerScene morePartitions(int count) {
        morePartitions = count;
        return this;
    }

    WorkerScene valueBytes(int size) {
        valueBytes = size;
        return this;
    }

    WorkerScene recordsPerSecond(int rate) {
        recordsPerSecond = rate;
        return this;
    }

    WorkerScene config(String key, String value) {
        config.put(key, value);
        return this;
    }

    WorkerScene settings(UnaryOperator<ConnectCluster.Builder> other) {
        settings = other;
        return this;
    }

    WorkerScene atTheEnd(Look other) {
        look = other;
        return this;
    }

    @Override
    public Map<Guarantee, Evidence> play(String name, List<Guarantee> guarantees, long seed) throws Exception {
        Points points = Points.create();
        try (Canary canary = Canary.listen();
                Bridge bridge = Bridge.start(
                        workers,
                        brokers,
                        builder -> settings.apply(points.in(soonMissed(builder.logging(Canary.WORKER)))));
                FaultProxy proxy = FaultProxy.to(bridge.nats())) {
            proxy.delay(oneWay);
            config.put("nats.servers", proxy.url());
            List<WorkerLane> lanes = new ArrayList<>();
            ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
            try {
                for (Guarantee guarantee : guarantees) {
                    lanes.add(begin(bridge, name + "-" + guarantee.key(), guarantee));
                }
                watch.scheduleWithFixedDelay(() -> note(lanes), 500, 500, TimeUnit.MILLISECONDS);
                WorkerSite site = new WorkerSite(
                        bridge,
                        proxy,
                        lanes,
                        config,
                        points,
                        new Random(seed),
                        silent ? 0 : TaskSite.FLOW,
                        new AtomicReference<>(Instant.MIN));
                return strike(site, canary);
            } finally {
                watch.shutdownNow();
                lanes.forEach(lane -> lane.load().close());
            }
        }
    }

    /** A killed worker is out of its group after six seconds, and the other gets its tasks. */
    private static ConnectCluster.Builder soonMissed(ConnectCluster.Builder builder) {
        return builder.property("session.timeout.ms", "6000").property("heartbeat.interval.ms", "1500");
    }

    private WorkerLane begin(Bridge bridge, String name, Guarantee guarantee) throws Exception {
        bridge.kafka().createTopic(name, partitions + morePartitions);
        // An idempotent producer that meets partitions without a leader may not get over it for minutes.
        Awaitility.await("leaders of " + name)
                .atMost(TaskSite.PATIENCE)
                .ignoreExceptions()
                .until(() -> bridge.kafka().endOffsets(name).size() == partitions + morePartitions);
        bridge.nats().ask(streams -> streams.addStream(guarantee.stream(name).build()));
        Map<String, String> all = new HashMap<>(guarantee.config());
        all.putAll(config);
        WorkerLane lane = new WorkerLane(
                guarantee,
                name,
                partitions,
                bridge,
                bridge.load(name, partitions)
                        .valueBytes(valueBytes)
                        .recordsPerSecond(recordsPerSecond)
                        .build());
        if (backlog > 0) {
            lane.load().produce(backlog);
        }
        bridge.run(name, tasks, all);
        if (!silent) {
            lane.load().start();
        }
        return lane;
    }

    /** A broker that is away says nothing; the next one to ask is told. */
    private static void note(List<WorkerLane> lanes) {
        for (WorkerLane lane : lanes) {
            try {
                lane.noteCommits();
            } catch (IllegalStateException brokerIsAway) {
                return;
            }
        }
    }

    private Map<Guarantee, Evidence> strike(WorkerSite site, Canary canary) throws Exception {
        site.awaitFlow();
        fault.strike(site);
        if (site.healedAt().get().equals(Instant.MIN)) {
            site.healed();
        }
        site.awaitFlow();
        for (WorkerLane lane : site.lanes()) {
            lane.endLoad(silent);
        }
        site.bridge().connect().workers().forEach(canary::listenTo);
        Map<Guarantee, Evidence> found = new EnumMap<>(Guarantee.class);
        for (WorkerLane lane : site.lanes()) {
            canary.found().forEach(where -> lane.problem("a password was logged: " + where));
            // Each claim of a partition is told at DEBUG.
            if (lane.guarantee() == Guarantee.EXACTLY_ONCE && !canary.hasHeardWorkers()) {
                lane.problem("the workers log nothing below INFO, so that no password would be found");
            }
            site.bridge().awaitDrained(lane.name(), DRAINED);
            lane.noteCommits();
            StreamTally tally = site.bridge().read(lane.name());
            look.at(site, lane, tally);
            found.put(lane.guarantee(), lane.evidence(tally, site.healedAt().get()));
        }
        return found;
    }
}
