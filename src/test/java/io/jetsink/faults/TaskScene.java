package io.jetsink.faults;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.kafka.connect.sink.SinkTask;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Tasks in this JVM before real servers, one or a cluster of three, each behind a proxy. What needs whole workers takes
 * {@link WorkerScene}.
 */
final class TaskScene implements Scene {
    private static final Duration PATIENCE = Duration.ofSeconds(240);
    /** An outage is no hot loop: so many connections a second and task. */
    private static final int ATTEMPTS = 20;

    private final TaskFault fault;
    private final Map<String, String> config = new HashMap<>();
    private Supplier<NatsServer> single =
            () -> NatsServer.builder().config(AccessFaults.GRANTED).start();
    private boolean replicated;
    private TaskSite.@Nullable Way way;
    private UnaryOperator<StreamConfiguration.Builder> stream = UnaryOperator.identity();
    private Supplier<? extends SinkTask> tasks = NatsJetStreamSinkTask::new;
    private Look look = (lane, tally) -> {};
    private double scale = 1;
    private Map<String, String> credentials = Canary.CONFIG;
    private LaneLoad load = LaneLoad.STEADY;
    private int flow = TaskSite.FLOW;
    private Consumer<FaultProxy> link = proxy -> {};
    private @Nullable Calm calm;

    /** Looks at a task and its stream at the end, and says what is wrong by {@link TaskLane#problem}. */
    interface Look {
        void at(TaskLane lane, StreamTally tally) throws Exception;
    }

    private TaskScene(TaskFault fault) {
        this.fault = fault;
    }

    static TaskScene of(TaskFault fault) {
        return new TaskScene(fault);
    }

    /** Three servers and three replicas, and no way round the proxies. */
    TaskScene replicated() {
        replicated = true;
        return this;
    }

    TaskScene server(NatsServer.Builder builder) {
        return server(builder::start);
    }

    TaskScene server(Supplier<NatsServer> start) {
        single = start;
        return this;
    }

    /** How to get to the one server, not through a proxy. */
    TaskScene way(TaskSite.Way other) {
        way = other;
        return this;
    }

    /** How records come. */
    TaskScene load(UnaryOperator<LaneLoad> change) {
        load = change.apply(load);
        return this;
    }

    /** How many records more mean that records flow. */
    TaskScene flow(int records) {
        flow = records;
        return this;
    }

    /** The way to each server, before there are tasks. */
    TaskScene link(Consumer<FaultProxy> before) {
        link = before;
        return this;
    }

    /** While the fault lasts, nothing may happen beyond this. */
    TaskScene calm(Calm promise) {
        calm = promise;
        return this;
    }

    /** In the place of the canary's user and password. */
    TaskScene credentials(Map<String, String> other) {
        credentials = other;
        return this;
    }

    /** Of the connector; it wins over ours. */
    TaskScene config(String key, String value) {
        config.put(key, value);
        return this;
    }

    /** Of every stream; it wins over what the guarantee needs. */
    TaskScene stream(UnaryOperator<StreamConfiguration.Builder> more) {
        stream = more;
        return this;
    }

    /** Another task in the place of the connector's. */
    TaskScene task(Supplier<? extends SinkTask> other) {
        tasks = other;
        return this;
    }

    TaskScene atTheEnd(Look other) {
        look = other;
        return this;
    }

    /** A tenth of the time that faults last, and of the time that the task waits for acks. */
    @Override
    public Scene brief() {
        scale = 0.1;
        return config("publish.ack.timeout.ms", "500").config("nats.connect.timeout.ms", "1000");
    }

    @Override
    public Map<Guarantee, Evidence> play(String name, List<Guarantee> guarantees, long seed) throws Exception {
        try (Canary canary = Canary.listen();
                Logged logged = Logged.begin();
                TaskServers servers = replicated ? TaskServers.replicated() : TaskServers.single(single.get(), way)) {
            List<TaskLane> lanes = new ArrayList<>();
            servers.proxies().forEach(link);
            TaskSite site = new TaskSite(servers, lanes, logged, new Random(seed), scale, flow, new TaskSite.Marks());
            site.manage(streams -> {
                for (Guarantee guarantee : guarantees) {
                    streams.addStream(stream.apply(guarantee.stream(name(name, guarantee)))
                            .replicas(replicated ? 3 : 1)
                            .build());
                }
            });
            ExecutorService workers = Executors.newCachedThreadPool();
            try {
                for (Guarantee guarantee : guarantees) {
                    TaskLane lane = lane(name(name, guarantee), guarantee, servers);
                    lanes.add(lane);
                    workers.execute(lane);
                }
                strike(site);
                lanes.forEach(TaskLane::end);
                awaitOver(lanes);
                return evidence(site, canary);
            } finally {
                lanes.forEach(TaskLane::abandon);
                workers.shutdown();
            }
        }
    }

    private void strike(TaskSite site) throws Exception {
        site.awaitFlow();
        long begin = System.nanoTime();
        long before = site.servers().accepted();
        Calm.Watch watch = new Calm.Watch(site);
        fault.strike(site);
        site.healedUnlessItIs();
        if (calm != null) {
            watch.compare(calm);
        }
        double seconds = Math.max(1, (System.nanoTime() - begin) / 1e9);
        double attempts =
                (site.servers().accepted() - before) / seconds / site.lanes().size();
        if (attempts > ATTEMPTS) {
            site.lanes().forEach(lane -> lane.problem(attempts + " connections a second are a hot loop"));
        }
        site.awaitFlow();
    }

    private Map<Guarantee, Evidence> evidence(TaskSite site, Canary canary) throws Exception {
        Map<Guarantee, Evidence> found = new EnumMap<>(Guarantee.class);
        for (TaskLane lane : site.lanes()) {
            awaitNoThreads(lane);
            canary.found().forEach(where -> lane.problem("a password was logged: " + where));
            try (Connection connection = site.servers().connect()) {
                StreamTally tally = StreamChecker.read(connection, lane.name());
                look.at(lane, tally);
                if (calm != null && lane.failure().isEmpty()) {
                    calm.look(site, lane, tally);
                }
                found.put(
                        lane.guarantee(),
                        lane.evidence(tally, site.marks().healed(), site.marks().produced(lane)));
            }
        }
        return found;
    }

    private TaskLane lane(String name, Guarantee guarantee, TaskServers servers) {
        Map<String, String> all = new HashMap<>(Map.of("name", name, "topics", name, "jetstream.stream", name));
        all.put("nats.servers", servers.urls());
        all.put("subject", name + ".0");
        all.put("errors.tolerance", "all");
        all.putAll(credentials);
        all.putAll(guarantee.config());
        all.putAll(config);
        return new TaskLane(guarantee, name, all, tasks, load);
    }

    private static String name(String name, Guarantee guarantee) {
        return name + "-" + guarantee.key();
    }

    private static void awaitOver(List<TaskLane> lanes) {
        Awaitility.await("the tasks to drain")
                .atMost(PATIENCE)
                .until(() -> lanes.stream().allMatch(TaskLane::isOver));
    }

    private static void awaitNoThreads(TaskLane lane) {
        // On this thread: Awaitility's own would be counted, which bears the text.
        Awaitility.await("the threads of " + lane.name() + " to end")
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(60))
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().contains(lane.name())));
    }
}
