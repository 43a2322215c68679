package io.jetsink.faults;

import io.jetsink.support.Bridge;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.kafka.ConnectWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;

/**
 * What a fault can be done to: a broker, workers and a nats-server, all of them processes, and connectors under load.
 *
 * @param proxy through which the tasks go to the nats-server
 * @param config of each connector beyond what its guarantee says
 * @param flow how many records more mean that records flow
 */
record WorkerSite(
        Bridge bridge,
        FaultProxy proxy,
        List<WorkerLane> lanes,
        Map<String, String> config,
        Points points,
        Random random,
        int flow,
        AtomicReference<Instant> healedAt) {
    ConnectWorker anyWorker() {
        return bridge.connect().worker(random.nextInt(bridge.connect().workers().size()));
    }

    /** From now on everything is as it should be; the last call counts. */
    void healed() {
        lanes.forEach(WorkerLane::healed);
        healedAt.set(Instant.now());
    }

    /** Waits until each connector has stored a few hundred records more from now on. */
    void awaitFlow() {
        lanes.forEach(lane -> bridge.awaitMore(lane.name(), flow));
    }

    /** For faults that are their length: time passes. */
    void hold(Duration length) {
        long begin = System.nanoTime();
        Awaitility.await("the time to pass")
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(length.plusSeconds(30))
                .until(() -> System.nanoTime() - begin >= length.toNanos());
    }

    void hold(Duration least, Duration most) {
        hold(least.plusMillis(random.nextInt(1 + (int) most.minus(least).toMillis())));
    }
}
