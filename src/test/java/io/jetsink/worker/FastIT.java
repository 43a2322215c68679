package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.Rebalances;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.api.StreamConfiguration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code publish.mode=fast} on the packaged plugin in real workers. */
class FastIT {
    private static Bridge bridge;

    @BeforeAll
    static void start() {
        bridge = Bridge.shared();
    }

    @Test
    void deliversEverythingOnceAndInOrder() throws Exception {
        create("fast", 4);
        bridge.run("fast", 2, Map.of("publish.mode", "fast"));
        try (LoadProducer load = bridge.load("fast", 4).build()) {
            List<Long> produced = load.produce(50_000);

            bridge.awaitDrained("fast");

            bridge.report("fast", produced).assertClean();
        }
    }

    @Test
    void cleanRebalancesUnderLoadLeaveNoTrace() throws Exception {
        create("fast-moves", 4);
        try (LoadProducer load =
                bridge.load("fast-moves", 4).recordsPerSecond(8_000).build()) {
            load.start();
            Rebalances.underLoad(bridge, "fast-moves", Map.of("publish.mode", "fast"));
            List<Long> produced = load.stop();
            bridge.awaitDrained("fast-moves");

            bridge.report("fast-moves", produced).assertClean();
        }
    }

    @Test
    void keepsOrderWhenTheServerIsKilledUnderLoad() throws Exception {
        create("fast-killed", 4);
        bridge.run("fast-killed", 2, Map.of("publish.mode", "fast"));
        try (LoadProducer load =
                bridge.load("fast-killed", 4).recordsPerSecond(8_000).build()) {
            load.start();
            for (int kill = 0; kill < 5; kill++) {
                bridge.awaitMore("fast-killed", 5_000);
                bridge.nats().kill9();
                bridge.nats().restart();
            }
            bridge.awaitMore("fast-killed", 5_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("fast-killed");

            bridge.report("fast-killed", produced).assertOrderedAtLeastOnce();
        }
    }

    /**
     * A worker commits once a second here. If a connection is cut just while a commit ends a batch, the answer may be lost,
     * and what came behind the last ack is sent again; the connector says so. {@code FastFaultsIT} cuts between commits.
     */
    @Test
    void leavesNoTraceOfResetsUnderLoad() throws Exception {
        create("fast-cut", 4);
        try (FaultProxy proxy = FaultProxy.to(bridge.nats());
                LoadProducer load =
                        bridge.load("fast-cut", 4).recordsPerSecond(8_000).build()) {
            long open = said("messages is unknown");
            bridge.run("fast-cut", 2, Map.of("publish.mode", "fast", "nats.servers", proxy.url()));
            load.start();
            for (int reset = 0; reset < 5; reset++) {
                bridge.awaitMore("fast-cut", 5_000);
                proxy.reset();
            }
            bridge.awaitMore("fast-cut", 5_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("fast-cut");

            StreamReport report = bridge.report("fast-cut", produced);
            report.assertOrderedAtLeastOnce();
            assertThat(said("fast-cut-\\d: no working link to NATS")).isPositive();
            if (said("messages is unknown") == open) {
                report.assertClean();
            }
        }
    }

    private static long said(String what) {
        return Pattern.compile(what).matcher(bridge.logs()).results().count();
    }

    private static void create(String name, int partitions) throws Exception {
        bridge.kafka().createTopic(name, partitions);
        bridge.createStream(name, StreamConfiguration.Builder::allowBatched);
    }
}
