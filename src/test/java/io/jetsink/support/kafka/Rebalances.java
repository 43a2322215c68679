package io.jetsink.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Moves the tasks of a connector about, by clean means and under load. */
public final class Rebalances {
    /** So much time a worker gives its tasks; what is not done by then is left to itself. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private Rebalances() {}

    /**
     * One task, four, a worker more, two tasks, a worker less: everything moves on after each, and each stop is a clean one.
     *
     * @param config beyond {@link Bridge#config}
     */
    public static void underLoad(Bridge bridge, String name, Map<String, String> config) {
        long left = leftToThemselves(bridge);
        // Connect 4 may start a task once more that is one too many by then, and fail it.
        Map<String, String> lenient = new HashMap<>(config);
        lenient.put("tasks.max.enforce", "false");
        bridge.run(name, 1, lenient);
        bridge.awaitMore(name, 10_000);
        bridge.run(name, 4, lenient);
        bridge.awaitMore(name, 10_000);
        ConnectWorker added = bridge.connect().addWorker();
        bridge.awaitMore(name, 10_000);
        bridge.run(name, 2, lenient);
        bridge.awaitMore(name, 10_000);
        stopCleanly(bridge, name, added);
        assertThat(leftToThemselves(bridge))
                .as("tasks that did not stop in time")
                .isEqualTo(left);
    }

    public static void stopCleanly(Bridge bridge, String name, ConnectWorker worker) {
        assertThat(worker.sigterm()).isLessThan(GRACE);
        bridge.awaitMore(name, 10_000);
    }

    private static long leftToThemselves(Bridge bridge) {
        return bridge.logged("Graceful stop of task").size();
    }
}
