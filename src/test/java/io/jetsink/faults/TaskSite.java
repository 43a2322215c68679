package io.jetsink.faults;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/**
 * What a fault can be done to: servers behind proxies, and tasks that write into them.
 *
 * @param logged what the tasks say
 * @param scale of the time that faults last
 * @param flow how many records more mean that records flow
 */
record TaskSite(
        TaskServers servers, List<TaskLane> lanes, Logged logged, Random random, double scale, int flow, Marks marks) {
    static final Duration PATIENCE = Duration.ofSeconds(120);
    /** So many records more mean that records flow. */
    static final int FLOW = 300;

    /** A way to a server. */
    interface Way extends AutoCloseable {
        String url(NatsServer server);

        /** As one who may do everything. */
        Connection connect(NatsServer server) throws Exception;

        /** Closes what lies on the way. */
        @Override
        default void close() {
            // Nothing does.
        }
    }

    /** Does something to streams. */
    interface Management {
        void act(JetStreamManagement streams) throws Exception;
    }

    /** Does something to the stream of a task. */
    interface LaneManagement {
        void act(JetStreamManagement streams, TaskLane lane) throws Exception;
    }

    /** When the fault was over, and how many records each task had had by then. */
    static final class Marks {
        private Instant healed = Instant.MIN;
        private Map<TaskLane, Long> produced = Map.of();

        Instant healed() {
            return healed;
        }

        long produced(TaskLane lane) {
            return produced.getOrDefault(lane, 0L);
        }
    }

    NatsServer nats() {
        return servers.all().get(0);
    }

    NatsCluster cluster() {
        NatsCluster cluster = servers.cluster();
        if (cluster == null) {
            throw new IllegalStateException("The scene has one server");
        }
        return cluster;
    }

    List<FaultProxy> proxies() {
        return servers.proxies();
    }

    /** From now on everything is as it should be; the last call counts. */
    void healed() {
        marks.healed = Instant.now();
        Map<TaskLane, Long> produced = new HashMap<>();
        lanes.forEach(lane -> produced.put(lane, lane.produced()));
        marks.produced = produced;
    }

    void healedUnlessItIs() {
        if (marks.healed.equals(Instant.MIN)) {
            healed();
        }
    }

    void manage(Management action) throws Exception {
        try (Connection connection = servers.connect()) {
            action.act(connection.jetStreamManagement());
        }
    }

    void eachStream(LaneManagement action) throws Exception {
        manage(streams -> {
            for (TaskLane lane : lanes) {
                action.act(streams, lane);
            }
        });
    }

    /** The last sequence of a task's stream. */
    long stored(TaskLane lane) throws Exception {
        try (Connection connection = servers.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(lane.name())
                    .getStreamState()
                    .getLastSequence();
        }
    }

    /** Waits until every task that runs has stored a few hundred records more from now on. */
    void awaitFlow() {
        Map<TaskLane, Long> before = new HashMap<>();
        await("records to flow", () -> {
            try (Connection connection = servers.connect()) {
                for (TaskLane lane : lanes) {
                    if (!flows(lane, connection.jetStreamManagement(), before)) {
                        return false;
                    }
                }
                return true;
            }
        });
    }

    private boolean flows(TaskLane lane, JetStreamManagement streams, Map<TaskLane, Long> before) throws Exception {
        if (lane.isOver()) {
            return true;
        }
        long last = streams.getStreamInfo(lane.name()).getStreamState().getLastSequence();
        // A stream that was deleted and created again begins at the beginning.
        before.merge(lane, last, Math::min);
        return last >= before.get(lane) + flow;
    }

    /** Exceptions mean: not yet. */
    void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(condition);
    }

    /** Each task ends without a last commit, and another one begins. */
    void crash() throws Exception {
        for (TaskLane lane : lanes) {
            lane.crash();
        }
    }

    /** Server and tasks boot at once, and what the server depends on comes later. */
    void bootWithout(Duration late, Dependency dependency) throws Exception {
        dependency.turn(false);
        nats().kill9();
        crash();
        nats().restart();
        hold(late);
        dependency.turn(true);
        healed();
    }

    interface Dependency {
        void turn(boolean on) throws Exception;
    }

    void awaitFailed() {
        await("the tasks to fail", () -> lanes.stream().allMatch(TaskLane::isOver));
    }

    /** Waits until each task has said something with this text. */
    void awaitSaid(String text) {
        await(
                "all to say: " + text,
                () -> lanes.stream()
                        .allMatch(lane -> logged.lines(text).stream().anyMatch(line -> line.contains(lane.name()))));
    }

    /** For faults that are their length: time passes. */
    void hold(Duration length) {
        long nanos = (long) (scale * length.toNanos());
        long begin = System.nanoTime();
        Awaitility.await("the time to pass")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(length.plusSeconds(30))
                .until(() -> System.nanoTime() - begin >= nanos);
    }

    /** How often something happens. */
    int times(int count) {
        return Math.max(2, (int) (scale * count));
    }

    void hold(Duration least, Duration most) {
        hold(least.plusMillis(random.nextInt(1 + (int) most.minus(least).toMillis())));
    }
}
