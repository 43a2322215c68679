package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays after a crash that something interrupts: the task stays, nothing is lost, nothing is stored twice. */
class ExactlyOnceReplayIT {
    private static final String STREAM = "replay";
    private static final Duration SOON = Duration.ofSeconds(120);

    private NatsServer nats;
    private FaultProxy proxy;
    private ReplayWorker worker;

    @BeforeEach
    void start() throws Exception {
        nats = NatsServer.start();
        proxy = FaultProxy.to(nats);
        try (Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects(STREAM, "jetsink.offsets.>")
                            .allowAtomicPublish()
                            .allowRollup(true)
                            .build());
        }
    }

    @AfterEach
    void stop() {
        worker.crash();
        proxy.close();
        nats.close();
    }

    @Test
    void aShortOutageWithinAReplayLeavesNoTrace() throws Exception {
        outage(2);
    }

    @Tag("faults")
    @ParameterizedTest
    @ValueSource(ints = {5, 45, 120})
    void anOutageWithinAReplayLeavesNoTrace(int seconds) throws Exception {
        outage(seconds);
    }

    private void outage(int seconds) throws Exception {
        stored(3, 20_000);
        worker = new ReplayWorker(STREAM, 3).start(config());
        worker.runs(5_000);
        worker.produce(21_000);
        worker.until("a replay of the first two partitions", SOON, () -> worker.position(1) >= 1_000);
        assertThat(worker.isCommittable()).isFalse();
        nats.kill9();
        long begin = System.nanoTime();
        worker.until(
                "the end of the outage",
                Duration.ofSeconds(seconds + 10L),
                () -> System.nanoTime() - begin > Duration.ofSeconds(seconds).toNanos());
        nats.restart();

        assertAllOnce(3, 21_000);
    }

    /** Each partition waits for its turn behind all the others. */
    @Tag("faults")
    @Test
    void aReplayOfManyPartitionsFarAwayLeavesNoTrace() throws Exception {
        stored(200, 1_000);
        proxy.delay(Duration.ofMillis(100));
        worker = new ReplayWorker(STREAM, 200).start(config());
        worker.produce(1_500);

        assertAllOnce(200, 1_500);
    }

    /** Kafka has forgotten the group's offsets, and {@code auto.offset.reset} is {@code latest}. */
    @Test
    void aConsumerThatBeginsAtTheEndGoesBackToTheMarker() throws Exception {
        stored(3, 1_000);
        worker = new ReplayWorker(STREAM, 3).from(1_500).start(config());
        worker.produce(1_600);

        worker.until("everything to be committable", SOON, worker::isCommittable);
        assertThat(worker.seeks).containsExactlyInAnyOrder("replay-0@1000", "replay-1@1000", "replay-2@1000");
        report(3, 1_600).assertClean();
    }

    /** The same, and no record comes any more. */
    @Test
    void aConsumerAtTheEndOfAQuietTopicGoesBackToTheMarker() throws Exception {
        stored(3, 1_000);
        worker = new ReplayWorker(STREAM, 3).from(1_500).start(config());
        worker.produce(1_500);

        worker.until("three seeks", SOON, () -> worker.seeks.size() == 3);
        worker.until("everything to be committable", SOON, worker::isCommittable);
        report(3, 1_500).assertClean();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatRetentionRemovedIsNamedAndNothingElseIsLost(boolean latest) throws Exception {
        stored(1, 1_000);
        worker = new ReplayWorker(STREAM, 1).from(1_300).start(config());
        worker.cut(1_300, latest);
        worker.produce(1_400);
        try (Logged logged = Logged.begin()) {
            worker.until("a seek", SOON, () -> !worker.seeks.isEmpty());
            worker.poll();
            worker.produce(1_500);
            worker.until("everything to be committable", SOON, worker::isCommittable);

            assertThat(logged.lines("WARN"))
                    .singleElement()
                    .asString()
                    .contains("replay-0: offsets 1000 to 1299 are not in the topic any more");
        }
        StreamReport report = report(1, 1_500);
        assertThat(report.lost()).isEqualTo(300);
        assertThat(report.duplicated() + report.outOfOrder() + report.foreign()).isZero();
    }

    /** By a task that ends before any of its offsets is committed. */
    private void stored(int partitions, long records) {
        worker = new ReplayWorker(STREAM, partitions).start(config());
        worker.produce(records);
        worker.until("the first records", SOON, worker::isCommittable);
        worker.crash();
    }

    private void assertAllOnce(int partitions, long records) throws Exception {
        worker.until("everything to be committable", SOON, worker::isCommittable);
        assertThat(worker.seeks).isEmpty();
        report(partitions, records).assertClean();
    }

    private StreamReport report(int partitions, long records) throws Exception {
        try (Connection connection = nats.connect()) {
            return StreamChecker.read(connection, STREAM).report(Collections.nCopies(partitions, records));
        }
    }

    private Map<String, String> config() {
        return Map.of(
                "name",
                STREAM,
                "topics",
                STREAM,
                "nats.servers",
                proxy.url(),
                "jetstream.stream",
                STREAM,
                "delivery.guarantee",
                "exactly-once");
    }
}
