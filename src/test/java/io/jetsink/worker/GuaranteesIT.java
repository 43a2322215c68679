package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.nats.client.api.DiscardPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What each guarantee and mode is worth, on the packaged plugin in a real worker. */
class GuaranteesIT {
    private static final Map<String, String> BEST_EFFORT = Map.of("delivery.guarantee", "best-effort");
    private static Bridge bridge;

    @BeforeAll
    static void start() {
        bridge = Bridge.shared();
    }

    @Test
    void bestEffortDeliversEverythingInOrderWhileNothingFails() throws Exception {
        bridge.createTopicAndStream("effort", 2);
        bridge.run("effort", 2, BEST_EFFORT);
        try (LoadProducer load = bridge.load("effort", 2).build()) {
            // A stream's queue holds 10,000 messages; what came faster than the disk stores would be dropped beyond it.
            List<Long> produced = load.produce(4_500);

            bridge.awaitDrained("effort");
            // Offsets are committed behind a PING, which nats-server answers before it has stored all that it read.
            bridge.awaitStored("effort", 2 * 4_500);

            bridge.report("effort", produced).assertClean();
            assertThat(bridge.logs()).doesNotContain("effort-0: 1 messages were refused");
        }
    }

    @Test
    void bestEffortLosesNothingToACleanStop() throws Exception {
        bridge.createTopicAndStream("stops", 2);
        bridge.run("stops", 2, BEST_EFFORT);
        try (LoadProducer load = bridge.load("stops", 2).recordsPerSecond(4_000).build()) {
            load.start();
            bridge.awaitStored("stops", 5_000);

            bridge.rest().stop("stops");
            bridge.rest().resume("stops");
            bridge.awaitStored("stops", bridge.stored("stops") + 5_000);
            bridge.rest().delete("stops");
            bridge.run("stops", 1, BEST_EFFORT);
            bridge.awaitStored("stops", bridge.stored("stops") + 5_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("stops");
            bridge.awaitStored(
                    "stops", produced.stream().mapToLong(Long::longValue).sum());

            bridge.report("stops", produced).assertClean();
        }
    }

    @Test
    void bestEffortCountsWhatAFullStreamRefuses() throws Exception {
        bridge.kafka().createTopic("full", 1);
        bridge.createStream("full", stream -> stream.maxMessages(1_000).discardPolicy(DiscardPolicy.New));
        bridge.run("full", 1, BEST_EFFORT);
        try (LoadProducer load = bridge.load("full", 1).build()) {
            load.produce(3_000);
            bridge.awaitDrained("full");

            bridge.awaitStored("full", 1_000);
            assertThat(bridge.stored("full")).isEqualTo(1_000);
            // 2,000 are refused; it is told at powers of two.
            Awaitility.await()
                    .untilAsserted(() -> assertThat(lastCount("full-0")).isEqualTo(1_024));
            assertThat(warning("full-0")).contains("maximum messages exceeded").contains("best-effort");
            assertThat(bridge.rest().status("full").running(1)).isTrue();
        }
    }

    @Test
    void bestEffortCountsWhatNoStreamTakesAndGoesOnWhenThereIsOne() throws Exception {
        bridge.createTopicAndStream("gone", 1);
        bridge.run("gone", 1, BEST_EFFORT);
        try (LoadProducer load = bridge.load("gone", 1).build()) {
            load.produce(100);
            bridge.awaitDrained("gone");
            bridge.nats().ask(streams -> streams.deleteStream("gone"));

            load.produce(300);
            bridge.awaitDrained("gone");
            Awaitility.await()
                    .untilAsserted(() -> assertThat(lastCount("gone-0")).isEqualTo(256));
            assertThat(warning("gone-0")).contains("No Responders");
            bridge.createStream("gone");
            load.produce(100);
            bridge.awaitDrained("gone");

            bridge.awaitStored("gone", 100);
            assertThat(bridge.stored("gone")).isEqualTo(100);
            assertThat(bridge.rest().status("gone").running(1)).isTrue();
        }
    }

    @Test
    void bestEffortGoesOnAfterTheServerWasKilled() throws Exception {
        bridge.createTopicAndStream("crash", 2);
        bridge.run("crash", 2, BEST_EFFORT);
        try (LoadProducer load = bridge.load("crash", 2).recordsPerSecond(4_000).build()) {
            load.start();
            bridge.awaitStored("crash", 5_000);

            bridge.nats().kill9();
            assertThat(bridge.rest().status("crash").running(2)).isTrue();
            bridge.nats().restart();
            bridge.awaitStored("crash", bridge.stored("crash") + 10_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("crash");

            assertThat(bridge.rest().status("crash").running(2)).isTrue();
            // What was under way may be lost, and only that.
            assertThat(bridge.report("crash", produced).outOfOrder()).isZero();
            assertThat(bridge.report("crash", produced).foreign()).isZero();
            assertThat(bridge.report("crash", produced).lost()).isLessThanOrEqualTo(2L * 4_096);
        }
    }

    @Test
    void syncDeliversEverythingOnceAndInOrder() throws Exception {
        bridge.createTopicAndStream("sync", 2);
        bridge.run("sync", 1, Map.of("publish.mode", "sync"));
        try (LoadProducer load = bridge.load("sync", 2).build()) {
            List<Long> produced = load.produce(3_000);

            bridge.awaitDrained("sync");

            bridge.report("sync", produced).assertClean();
        }
    }

    @Test
    void aStreamThatGoesIsToldOnceAndNotWithEachAttempt() throws Exception {
        bridge.createTopicAndStream("later", 1);
        bridge.run("later", 1, Map.of());
        try (LoadProducer load = bridge.load("later", 1).build()) {
            load.produce(10);
            bridge.awaitDrained("later");
            long connections = bridge.nats().varz("total_connections");
            bridge.nats().ask(streams -> streams.deleteStream("later"));
            load.produce(100);
            Awaitility.await("some attempts")
                    .atMost(Duration.ofSeconds(40))
                    // Those of this test are among them, and go through no stream.
                    .until(() -> bridge.nats().varz("total_connections") >= connections + 5);

            assertThat(bridge.logged("later-0: no working link")).hasSize(1);
            assertThat(bridge.logged("later-0: connected")).hasSizeBetween(1, 2);
            bridge.createStream("later");
            bridge.awaitDrained("later");
            assertThat(bridge.stored("later")).isEqualTo(100);
        }
    }

    private static long lastCount(String task) {
        Matcher counts =
                Pattern.compile(task + ": (\\d+) messages were refused").matcher(bridge.logs());
        long last = 0;
        while (counts.find()) {
            last = Long.parseLong(counts.group(1));
        }
        return last;
    }

    private static String warning(String task) {
        return bridge.logged(task + ": 1 messages were refused").stream()
                .filter(line -> line.contains("WARN"))
                .findFirst()
                .orElse("");
    }
}
