package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code delivery.guarantee=exactly-once} on the packaged plugin in real workers. */
class ExactlyOnceIT {
    private static final Map<String, String> EXACTLY_ONCE = Map.of("delivery.guarantee", "exactly-once");
    private static final Duration DUPLICATE_WINDOW = Duration.ofSeconds(1);
    private static Bridge bridge;

    @BeforeAll
    static void start() {
        bridge = Bridge.shared();
    }

    /** At length: {@link ExactlyOnceKillsIT}. */
    @Test
    void storesEverythingOnceWhenWorkersAndTheServerAreKilled() throws Exception {
        new Kills(bridge, 1, 4_000).run("once-killed", 4711, 1);
    }

    @Test
    void bearsAServerThatIsAwayAtCreationAtARebalanceAndForLongerThanTheDuplicateWindow() throws Exception {
        outage("once-outage", () -> {});
    }

    @Tag("faults")
    @Test
    void bearsAServerThatIsAwayWhileAWorkerComesAndGoes() throws Exception {
        outage("once-outage-worker", () -> bridge.connect().addWorker().sigterm());
    }

    /** @param more than another number of tasks, for a rebalance */
    private static void outage(String name, Runnable more) throws Exception {
        bridge.createTopicAndOnceStream(name, 4, stream -> stream.duplicateWindow(DUPLICATE_WINDOW));
        bridge.nats().kill9();
        bridge.run(name, 2, EXACTLY_ONCE);
        try (LoadProducer load = bridge.load(name, 4).recordsPerSecond(4_000).build()) {
            load.start();
            load.awaitAcked(8_000, Duration.ofSeconds(30));
            assertThat(bridge.committed(name).values()).allMatch(offset -> offset == 0);
            bridge.nats().restart();
            bridge.awaitStored(name, 8_000);

            bridge.nats().kill9();
            Instant away = Instant.now();
            bridge.run(name, 4, EXACTLY_ONCE);
            more.run();
            // At the load's pace, more than the window goes by.
            load.awaitAcked(load.acked() + 8_000, Duration.ofSeconds(30));
            bridge.rest().awaitRunning(name, 4);
            assertThat(Duration.between(away, Instant.now())).isGreaterThan(DUPLICATE_WINDOW);
            bridge.nats().restart();
            bridge.awaitMore(name, 8_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained(name);

            bridge.report(name, produced).assertClean();
            assertThat(bridge.logged("id=" + name + "-"))
                    .as("tasks that have failed at any time")
                    .noneMatch(line -> line.contains("Task threw an uncaught and unrecoverable exception"));
        }
        bridge.rest().delete(name);
    }
}
