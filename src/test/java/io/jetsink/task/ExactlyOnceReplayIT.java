package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replays after a crash that something interrupts: the task stays, nothing is lost, nothing is stored twice. */
class ExactlyOnceReplayIT {
    private static final Duration SOON = Duration.ofSeconds(120);

    @RegisterExtension
    final TaskRig rig = new TaskRig("replay").with("mode", "exactly-once");

    private ReplayWorker worker;

    @BeforeEach
    void create() {
        rig.create(rig.anyMode());
        rig.with("nats.servers", rig.proxy().url());
    }

    @AfterEach
    void stop() {
        worker.crash();
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
        worker = begin(3);
        worker.runs(5_000);
        worker.produce(21_000);
        worker.until("a replay of the first two partitions", SOON, () -> worker.position(1) >= 1_000);
        assertThat(worker.isCommittable()).isFalse();
        rig.nats.kill9();
        long begin = System.nanoTime();
        worker.until(
                "the end of the outage",
                Duration.ofSeconds(seconds + 10L),
                () -> System.nanoTime() - begin > Duration.ofSeconds(seconds).toNanos());
        rig.nats.restart();

        assertAllOnce(3, 21_000);
    }

    /** Each partition waits for its turn behind all the others. */
    @Tag("faults")
    @Test
    void aReplayOfManyPartitionsFarAwayLeavesNoTrace() throws Exception {
        stored(200, 1_000);
        rig.proxy().delay(Duration.ofMillis(100));
        worker = begin(200);
        worker.produce(1_500);

        assertAllOnce(200, 1_500);
    }

    /** Kafka has forgotten the group's offsets, and {@code auto.offset.reset} is {@code latest}. */
    @Test
    void aConsumerThatBeginsAtTheEndGoesBackToTheMarker() throws Exception {
        stored(3, 1_000);
        worker = begin(3, 1_500);
        worker.produce(1_600);

        worker.until("everything to be committable", SOON, worker::isCommittable);
        assertThat(worker.seeks).containsExactlyInAnyOrder("replay-0@1000", "replay-1@1000", "replay-2@1000");
        report(3, 1_600).assertClean();
    }

    /** The same, and no record comes any more. */
    @Test
    void aConsumerAtTheEndOfAQuietTopicGoesBackToTheMarker() throws Exception {
        stored(3, 1_000);
        worker = begin(3, 1_500);
        worker.produce(1_500);

        worker.until("three seeks", SOON, () -> worker.seeks.size() == 3);
        worker.until("everything to be committable", SOON, worker::isCommittable);
        report(3, 1_500).assertClean();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatRetentionRemovedIsNamedAndNothingElseIsLost(boolean latest) throws Exception {
        stored(1, 1_000);
        worker = begin(1, 1_300);
        worker.cut(1_300, latest);
        worker.produce(1_400);
        worker.until("a seek", SOON, () -> !worker.seeks.isEmpty());
        worker.poll();
        worker.produce(1_500);
        worker.until("everything to be committable", SOON, worker::isCommittable);

        assertThat(rig.logged.lines("WARN"))
                .singleElement()
                .asString()
                .contains("replay-0: offsets 1000 to 1299 are not in the topic any more");
        StreamReport report = report(1, 1_500);
        assertThat(report.lost()).isEqualTo(300);
        assertThat(report.duplicated() + report.outOfOrder() + report.foreign()).isZero();
    }

    /** By a task that ends before any of its offsets is committed. */
    private void stored(int partitions, long records) {
        worker = begin(partitions);
        worker.produce(records);
        worker.until("the first records", SOON, worker::isCommittable);
        worker.crash();
    }

    private void assertAllOnce(int partitions, long records) throws Exception {
        worker.until("everything to be committable", SOON, worker::isCommittable);
        assertThat(worker.seeks).isEmpty();
        report(partitions, records).assertClean();
    }

    private StreamReport report(int partitions, long records) {
        return rig.tally().report(Collections.nCopies(partitions, records));
    }

    private ReplayWorker begin(int partitions) {
        return begin(partitions, 0);
    }

    private ReplayWorker begin(int partitions, long offset) {
        return new ReplayWorker(rig.name, partitions).from(offset).start(rig.config(Map.of()));
    }
}
