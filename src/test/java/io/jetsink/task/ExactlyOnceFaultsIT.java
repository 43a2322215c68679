package io.jetsink.task;

import static io.jetsink.task.TaskRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Exactly-once tasks against a real server, through crashes, lost acks, zombies and what people do to topic and stream. */
class ExactlyOnceFaultsIT {
    private static final String MARKERS = "jetsink.offsets.once.>";

    @RegisterExtension
    final TaskRig rig = new TaskRig("once").with("mode", "exactly-once", "publish.ack.timeout.ms", "500");

    @BeforeEach
    void create() {
        rig.create(stream());
    }

    /** The task, the server, both, or the task is only taken for dead. */
    @Test
    void crashesLeaveNoTrace() throws Exception {
        Random random = new Random(4711);
        FakeWorker worker = rig.start();
        FakeWorker zombie = null;
        long produced = 0;
        long committed = 0;
        for (int i = 0; i < 6; i++) {
            int some = 200 + random.nextInt(3_000);
            worker.feed(some);
            produced = Math.max(produced, worker.consumed());
            if (random.nextBoolean()) {
                committed = worker.committable();
            }
            int fault = random.nextInt(4);
            if (fault == 0 || fault == 1) {
                rig.nats.kill9();
                rig.nats.restart();
            }
            if (fault == 1 || fault == 2) {
                worker.stop();
            }
            if (fault == 3) {
                zombie = worker;
            }
            if (fault != 0) {
                worker = rig.startAt(committed);
            }
            if (zombie != null) {
                // It is rather late in the day for it.
                zombie.offer(random.nextInt(500));
                zombie.poll();
                produced = Math.max(produced, zombie.consumed());
            }
        }
        if (worker.consumed() < produced) {
            worker.feed((int) (produced - worker.consumed()));
        }
        worker.drain();

        rig.report().assertClean();
    }

    @Test
    void lostAcksLeaveNoTrace() throws Exception {
        FaultProxy proxy = rig.proxy();
        FakeWorker worker = rig.start("nats.servers", proxy.url());
        worker.feed(500);
        // Everything is claimed and settled at the end of this and of each turn: the next answer is the one to a
        // commit.
        worker.drain();
        for (int i = 0; i < 2; i++) {
            long before = proxy.dropped();
            proxy.dropAnswers(true);
            worker.feed(500);
            worker.until("an ack to get lost", PATIENCE, () -> proxy.dropped() > before);
            if (i % 2 == 1) {
                rig.nats.kill9();
                rig.nats.restart();
            }
            proxy.dropAnswers(false);
            worker.settle(500);
        }

        assertThat(rig.logged.lines("is fenced")).isEmpty();
        rig.report().assertClean();
    }

    @Test
    void aZombieStoresNothingMoreAndServesWhatItIsAssignedNext() throws Exception {
        FakeWorker zombie = rig.start().settle(1_000);
        zombie.feed(100);
        FakeWorker owner = rig.startAt(1_000).settle(500);

        zombie.offer(400);
        zombie.offer(400);
        zombie.until("the zombie to be fenced", PATIENCE, () -> !zombie.commits());
        assertThat(rig.logged.lines("is fenced")).singleElement().asString().contains("once-0 is fenced");
        assertThat(rig.report(1_500).duplicated()).isZero();
        assertThat(rig.report(1_500).foreign()).isZero();

        owner.stop();
        zombie.reopen();
        zombie.seek(1_500);
        zombie.settle(500);
        rig.report(2_000).assertClean();
    }

    /** It was frozen between its assignment and its claim, so its claim is the younger one, until it is taken away. */
    @Test
    void aZombieThatClaimsLateStoresNothingTwice() throws Exception {
        FakeWorker zombie = rig.start();
        FakeWorker owner = rig.start().settle(1_000);

        zombie.settle(1_200);
        owner.offer(500);
        owner.until("the owner to be fenced", PATIENCE, () -> !owner.commits());
        zombie.stop();
        owner.reopen();
        owner.seek(1_000);
        owner.settle(1_000);

        rig.report(2_000).assertClean();
    }

    @Test
    void bearsAServerThatIsAwayAtStartAndForLongerThanTheDuplicateWindow() throws Exception {
        FaultProxy proxy = rig.proxy();
        rig.nats.kill9();
        FakeWorker worker = rig.start("nats.servers", proxy.url());
        worker.offer(500);
        worker.poll();
        assertThat(worker.committable()).isZero();
        rig.nats.restart();
        worker.drain();

        proxy.dropAnswers(true);
        worker.offer(500);
        worker.until("an ack to get lost", PATIENCE, () -> proxy.dropped() > 0);
        rig.nats.kill9();
        rig.pass(Duration.ofSeconds(3));
        // Taken away and brought back meanwhile: the worker begins where it has committed.
        worker.reopen();
        worker.seek(500);
        worker.offer(700);
        proxy.dropAnswers(false);
        rig.nats.restart();
        worker.drain();

        rig.report(1_200).assertClean();
    }

    @Test
    void bearsThatItsMarkersArePurged() throws Exception {
        FakeWorker worker = rig.start().settle(500);
        purge(PurgeOptions.subject(MARKERS));
        worker.settle(500);
        worker.stop();
        purge(PurgeOptions.subject(MARKERS));
        FakeWorker next = rig.startAt(1_000).settle(500);

        rig.report(1_500).assertClean();
    }

    @Test
    void goesOnBehindWhatWasPurged() throws Exception {
        FakeWorker worker = rig.start().settle(500);
        purge(PurgeOptions.builder().build());
        worker.settle(500);

        StreamReport report = rig.report(1_000);
        assertThat(report.lost()).isEqualTo(500);
        assertThat(report.duplicated() + report.outOfOrder() + report.foreign()).isZero();
    }

    @Test
    void bearsOtherGuaranteesInBetween() throws Exception {
        FakeWorker once = rig.start().settle(500);
        once.stop();
        FakeWorker atLeastOnce =
                rig.startAt(500, "delivery.guarantee", "at-least-once").settle(500);
        atLeastOnce.stop();
        rig.startAt(1_000).settle(500);

        rig.report(1_500).assertClean();
    }

    @Test
    void aConnectorThatBeginsAnewDropsWhatTheStreamHolds() throws Exception {
        FakeWorker worker = rig.start().settle(5_000);
        worker.stop();
        FakeWorker anew = rig.start();
        anew.feed(2_500);
        anew.poll();
        assertThat(anew.committable())
                .as("before it is sure that the log is the same")
                .isZero();
        anew.settle(3_000);

        rig.report(5_500).assertClean();
    }

    @Test
    void takesARecordThatIsMissingForAFilter() throws Exception {
        FakeWorker worker = rig.start().settle(1_000);
        worker.stop();
        FakeWorker filtering = rig.startAt(900);
        filtering.offer(99);
        // Record 999, of which the marker speaks, is filtered, and then nothing comes.
        filtering.seek(1_000);
        filtering.drain();
        filtering.settle(500);

        rig.report(1_500).assertClean();
    }

    @Test
    void doesNotMindTimestampsOutOfOrder() throws Exception {
        FakeWorker worker = rig.start();
        worker.stamp(offset -> 1_000_000 - offset * 7 % 1_000);
        worker.settle(1_000);
        worker.stop();
        FakeWorker next = rig.startAt(300);
        next.stamp(offset -> 1_000_000 - offset * 7 % 1_000);
        next.settle(1_200);

        rig.report(1_500).assertClean();
    }

    @Test
    void failsWhenTheTopicWasCreatedAgainUnderAStoppedConnector() throws Exception {
        FakeWorker worker = rig.start();
        worker.stamp(offset -> 1_000 + offset);
        worker.settle(1_000);
        worker.stop();
        FakeWorker anew = rig.start();
        anew.stamp(offset -> 9_000 + offset);

        assertThatIsToldThatTheTopicIsAnother(anew);
    }

    @Test
    void failsWhenTheTopicWasCreatedAgainUnderTheRunningConnector() throws Exception {
        FakeWorker worker = rig.start();
        worker.stamp(offset -> 1_000 + offset);
        worker.settle(1_000);
        worker.seek(0);
        worker.stamp(offset -> 9_000 + offset);

        assertThatIsToldThatTheTopicIsAnother(worker);
    }

    private void assertThatIsToldThatTheTopicIsAnother(FakeWorker worker) throws Exception {
        worker.offer(500);
        worker.poll();
        assertThat(worker.committable()).as("nothing is dropped for good").isZero();
        assertThat(worker.failure(800))
                .contains("once-0", "offset 999", "offset 0", "PATCH /connectors/<name>/offsets");
        rig.report(1_000).assertClean();
    }

    @Test
    void findsTheRecordForWhichABatchIsRefused() throws Exception {
        FakeWorker worker = rig.start().settle(100);
        rig.update(stream().maximumMessageSize(2_000));

        worker.offer(400);
        worker.offerLarge(3_000);
        worker.offer(400);
        worker.drain();
        worker.offerLarge(3_000);
        worker.settle(99);

        assertThat(worker.rejected).hasSize(2);
        assertThat(worker.rejected.get(0)).startsWith("500: ");
        assertThat(worker.rejected.get(1)).startsWith("901: ");
        StreamReport report = rig.report(1_001);
        assertThat(report.lost()).isEqualTo(2);
        assertThat(report.duplicated() + report.outOfOrder() + report.foreign()).isZero();
    }

    private StreamConfiguration.Builder stream() {
        return rig.anyMode("once", MARKERS).duplicateWindow(Duration.ofSeconds(1));
    }

    private void purge(PurgeOptions what) {
        rig.ask(streams -> streams.purgeStream(rig.name, what));
    }
}
