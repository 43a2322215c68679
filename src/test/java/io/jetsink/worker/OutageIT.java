package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamReport;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NATS goes away and comes back; the connector sits it out by itself. */
class OutageIT {
    private Bridge bridge;

    @BeforeEach
    void start() {
        bridge = Bridge.shared();
    }

    @Test
    void commitsNothingThatAStoppedServerHasNotStored() throws Exception {
        bridge.createTopicAndStream("stopped", 4);
        bridge.run("stopped", 2, Map.of("publish.mode", "async", "publish.ack.timeout.ms", "2000"));
        try (LoadProducer load =
                bridge.load("stopped", 4).recordsPerSecond(4_000).build()) {
            load.start();
            bridge.awaitStored("stopped", 10_000);

            bridge.nats().sigstop();
            Instant stoppedAt = Instant.now();
            // Longer than the three ack timeouts after which a link is given up.
            Map<TopicPartition, Long> committed = new HashMap<>();
            Awaitility.await("the end of the outage")
                    .pollInterval(Duration.ofMillis(500))
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> {
                        committed.putAll(bridge.committed("stopped"));
                        assertRunning("stopped");
                        return Duration.between(stoppedAt, Instant.now()).toSeconds() >= 8;
                    });
            bridge.nats().sigcont();
            bridge.awaitMore("stopped", 20_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained("stopped");

            StreamTally tally = bridge.read("stopped");
            Map<Integer, Long> storedBefore = new HashMap<>();
            for (StreamEntry entry : tally.storedBefore(stoppedAt)) {
                storedBefore.merge(entry.partition(), entry.sequence() + 1, Math::max);
            }
            assertThat(committed).isNotEmpty();
            committed.forEach((partition, offset) -> assertThat(offset)
                    .as("committed during the stop of %s", partition)
                    .isLessThanOrEqualTo(storedBefore.get(partition.partition())));
            assertThat(tally.report(produced).lost()).isZero();
            assertRunning("stopped");
        }
    }

    @ParameterizedTest
    @CsvSource({"async, 4000", "sync, 4000", "fast, 8000"})
    void losesNothingWhenTheServerIsKilledThreeTimes(String mode, int recordsPerSecond) throws Exception {
        String name = "killed-" + mode;
        bridge.kafka().createTopic(name, 4);
        bridge.createStream(name, stream -> mode.equals("fast") ? stream.allowBatched() : stream);
        bridge.run(name, 2, Map.of("publish.mode", mode));
        try (LoadProducer load =
                bridge.load(name, 4).recordsPerSecond(recordsPerSecond).build()) {
            load.start();
            for (int kill = 0; kill < 3; kill++) {
                bridge.awaitMore(name, 5_000);
                bridge.nats().kill9();
                assertRunning(name);
                bridge.nats().restart();
            }
            bridge.awaitMore(name, 5_000);
            List<Long> produced = load.stop();
            bridge.awaitDrained(name);

            assertThat(bridge.report(name, produced).lost()).isZero();
            if (!mode.equals("async")) {
                bridge.report(name, produced).assertOrderedAtLeastOnce();
            }
            assertRunning(name);
        }
    }

    /**
     * A worker commits once a second here. If a connection is cut just while a commit ends a batch, the answer may be lost,
     * and what came behind the last ack is sent again; the connector says so. {@code FastFaultsIT} cuts between commits.
     */
    @Test
    void fastLeavesNoTraceOfResets() throws Exception {
        bridge.kafka().createTopic("fast-cut", 4);
        bridge.createStream("fast-cut", StreamConfiguration.Builder::allowBatched);
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

    private long said(String what) {
        return Pattern.compile(what).matcher(bridge.logs()).results().count();
    }

    private void assertRunning(String connector) {
        assertThat(bridge.rest().status(connector).tasks())
                .hasSize(2)
                .allMatch(task -> task.state().equals("RUNNING"));
    }
}
