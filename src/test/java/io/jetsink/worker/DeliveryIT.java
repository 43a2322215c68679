package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.Rebalances;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The main job on the packaged plugin in real workers: everything arrives, once and in order, also while tasks move. */
class DeliveryIT {
    private Bridge bridge;

    @BeforeEach
    void start() {
        bridge = Bridge.shared();
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "fast", "exactly-once"})
    void deliversEverythingOnceAndInOrder(String mode) throws Exception {
        String name = "bulk-" + mode;
        create(name, mode);
        bridge.run(name, 2, config(mode));
        try (LoadProducer load = bridge.load(name, 4).build()) {
            List<Long> produced = load.produce(50_000);

            bridge.awaitDrained(name);

            bridge.report(name, produced).assertClean();
            assertThat(bridge.committed(name)).isEqualTo(bridge.kafka().endOffsets(name));
        }
    }

    @Test
    void cleanRebalancesUnderLoadLeaveNoTrace() throws Exception {
        moveTasks("fast");
    }

    @Tag("faults")
    @ParameterizedTest
    @ValueSource(strings = {"async", "exactly-once"})
    void cleanRebalancesLeaveNoTraceInTheOtherModes(String mode) throws Exception {
        moveTasks(mode);
    }

    private void moveTasks(String mode) throws Exception {
        String name = "moves-" + mode;
        create(name, mode);
        try (LoadProducer load = bridge.load(name, 4).recordsPerSecond(8_000).build()) {
            load.start();
            Rebalances.underLoad(bridge, name, config(mode));
            if (mode.equals("async")) {
                Rebalances.stopCleanly(bridge, name, bridge.connect().worker(1));
            }
            List<Long> produced = load.stop();
            bridge.awaitDrained(name);

            bridge.report(name, produced).assertClean();
            assertThat(bridge.logs()).doesNotContain("Graceful stop of task " + name + "-");
        }
    }

    /** By default a stream without batches gets asynchronous publishes. */
    private static Map<String, String> config(String mode) {
        return switch (mode) {
            case "async" -> Map.of();
            case "fast" -> Map.of("publish.mode", mode);
            default -> Map.of("delivery.guarantee", mode);
        };
    }

    private void create(String name, String mode) {
        bridge.kafka().createTopic(name, 4);
        bridge.createStream(name, stream -> switch (mode) {
            case "async" -> stream;
            case "fast" -> stream.allowBatched();
            default ->
                stream.subjects(name + ".>", "jetsink.offsets." + name + ".>")
                        .allowAtomicPublish()
                        .allowRollup(true);
        });
    }

    @Tag("faults")
    @Test
    void anotherWorkerTakesOverFromOneThatWasKilled() throws Exception {
        bridge.createTopicAndStream("takeover", 4);
        bridge.run("takeover", 2, Map.of());
        try (LoadProducer load =
                bridge.load("takeover", 4).recordsPerSecond(8_000).build()) {
            load.start();
            bridge.awaitStored("takeover", 10_000);

            bridge.connect().worker(1).kill9();
            bridge.awaitMore("takeover", 20_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("takeover");

            bridge.report("takeover", produced).assertOrderedAtLeastOnce();
            assertThat(bridge.rest().status("takeover").tasks())
                    .hasSize(2)
                    .allMatch(task -> task.state().equals("RUNNING"));
        }
    }
}
