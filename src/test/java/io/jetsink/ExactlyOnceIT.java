package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.ConnectWorker;
import io.jetsink.support.LoadProducer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code delivery.guarantee=exactly-once} on the packaged plugin in real workers. */
class ExactlyOnceIT {
    private static final Map<String, String> EXACTLY_ONCE = Map.of("delivery.guarantee", "exactly-once");
    private static Bridge bridge;

    @BeforeAll
    static void start() {
        bridge = Bridge.start(2);
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    @Test
    void deliversEverythingOnceAndInOrder() throws Exception {
        create("once", 4);
        bridge.run("once", 2, EXACTLY_ONCE);
        try (LoadProducer load = bridge.load("once", 4).build()) {
            List<Long> produced = load.produce(50_000);

            bridge.awaitDrained("once");

            bridge.report("once", produced).assertClean();
        }
    }

    @Test
    void cleanRebalancesUnderLoadLeaveNoTrace() throws Exception {
        create("once-moves", 4);
        bridge.run("once-moves", 1, EXACTLY_ONCE);
        try (LoadProducer load =
                bridge.load("once-moves", 4).recordsPerSecond(8_000).build()) {
            load.start();
            bridge.awaitStored("once-moves", 10_000);

            bridge.run("once-moves", 4, EXACTLY_ONCE);
            bridge.awaitStored("once-moves", bridge.stored("once-moves") + 10_000);
            ConnectWorker added = bridge.connect().addWorker();
            bridge.run("once-moves", 2, EXACTLY_ONCE);
            bridge.awaitStored("once-moves", bridge.stored("once-moves") + 10_000);
            Duration stopped = added.sigterm();
            bridge.awaitStored("once-moves", bridge.stored("once-moves") + 10_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("once-moves");

            assertThat(stopped).isLessThan(Duration.ofSeconds(5));
            bridge.report("once-moves", produced).assertClean();
        }
    }

    @Test
    void storesEverythingOnceWhenWorkersAndTheServerAreKilled() throws Exception {
        create("once-killed", 4);
        bridge.run("once-killed", 2, EXACTLY_ONCE);
        try (LoadProducer load =
                bridge.load("once-killed", 4).recordsPerSecond(8_000).build()) {
            load.start();
            for (int kill = 0; kill < 2; kill++) {
                bridge.awaitStored("once-killed", bridge.stored("once-killed") + 5_000);
                bridge.nats().kill9();
                bridge.nats().restart();
                bridge.awaitStored("once-killed", bridge.stored("once-killed") + 5_000);
                ConnectWorker victim = bridge.connect().worker(1);
                victim.kill9();
                victim.restart();
            }
            bridge.awaitStored("once-killed", bridge.stored("once-killed") + 5_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("once-killed");

            bridge.report("once-killed", produced).assertClean();
        }
    }

    private static void create(String name, int partitions) throws Exception {
        bridge.kafka().createTopic(name, partitions);
        bridge.createStream(
                name,
                stream -> stream.subjects(name + ".>", "jetsink.offsets." + name + ".>")
                        .allowAtomicPublish()
                        .allowRollup(true));
    }
}
