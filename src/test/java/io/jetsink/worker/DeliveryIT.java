package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.Rebalances;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job on the packaged plugin in real workers: everything arrives, once and in order, also while tasks move. */
class DeliveryIT {
    private Bridge bridge;

    @BeforeEach
    void start() {
        bridge = Bridge.shared();
    }

    @Test
    void deliversEverythingOnceAndInOrder() throws Exception {
        bridge.createTopicAndStream("bulk", 4);
        bridge.run("bulk", 2, Map.of());
        try (LoadProducer load = bridge.load("bulk", 4).build()) {
            List<Long> produced = load.produce(50_000);

            bridge.awaitDrained("bulk");

            bridge.report("bulk", produced).assertClean();
            assertThat(bridge.stored("bulk")).isEqualTo(200_000);
            assertThat(bridge.committed("bulk")).isEqualTo(bridge.kafka().endOffsets("bulk"));
        }
    }

    @Test
    void cleanRebalancesUnderLoadLeaveNoTrace() throws Exception {
        bridge.createTopicAndStream("moves", 4);
        try (LoadProducer load = bridge.load("moves", 4).recordsPerSecond(8_000).build()) {
            load.start();
            Rebalances.underLoad(bridge, "moves", Map.of());
            Rebalances.stopCleanly(bridge, "moves", bridge.connect().worker(1));
            List<Long> produced = load.stop();
            bridge.awaitDrained("moves");

            bridge.report("moves", produced).assertClean();
            assertThat(bridge.logs()).doesNotContain("Graceful stop of task moves-");
        }
    }

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
