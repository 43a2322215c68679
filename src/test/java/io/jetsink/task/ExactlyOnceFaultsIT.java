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
            worker.feed(500);
            worker.drain();
        }

        assertThat(rig.logged.lines("is fenced")).isEmpty();
        rig.report().assertClean();
    }

    @Test
    void aZombieStoresNothingMoreAndServesWhatItIsAssignedNext() throws Exception {
        FakeWorker zombie = rig.start();
        zombie.feed(1_000);
        zombie.drain();
        zombie.feed(100);
        FakeWorker owner = rig.startAt(1_000);
        owner.feed(500);
        owner.drain();

        zombie.offer(400);
        zombie.offer(400);
        zombie.until("the zombie to be fenced", PATIENCE, () -> !zombie.commits());
        assertThat(rig.logged.lines("is fenced")).singleElement().asString().contains("once-0 is fenced");
        assertThat(rig.report(1_500).duplicated()).isZero();
        assertThat(rig.report(1_500).foreign()).isZero();

        owner.stop();
        zombie.reopen();
        zombie.seek(1_500);
        zombie.feed(500);
        zombie.drain();
        rig.report(2_000).assertClean();
    }

    /** It was frozen between its assignment and its claim, so its claim is the younger one, until it is taken away. */
    @Test
    void aZombieThatClaimsLateStoresNothingTwice() throws Exception {
        FakeWorker zombie = rig.start();
        FakeWorker owner = rig.start();
        owner.feed(1_000);
        owner.drain();

        zombie.feed(1_200);
        zombie.drain();
        owner.offer(500);
        owner.until("the owner to be fenced", PATIENCE, () -> !owner.commits());
        zombie.stop();
        owner.reopen();
        owner.seek(1_000);
        owner.feed(1_000);
        owner.drain();

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
        FakeWorker worker = rig.start();
        worker.feed(500);
        worker.drain();
        purge(PurgeOptions.subject(MARKERS));
        worker.feed(500);
        worker.drain();
        worker.stop();
        purge(PurgeOptions.subject(MARKERS));
        FakeWorker next = rig.startAt(1_000);
        next.feed(500);
        next.drain();

        rig.report(1_500).assertClean();
    }

    @Test
    void goesOnBehindWhatWasPurged() throws Exception {
        FakeWorker worker = rig.start();
        worker.feed(500);
        worker.drain();
        purge(PurgeOptions.builder().build());
        worker.feed(500);
        worker.drain();

        StreamReport report = rig.report(1_000);
        assertThat(report.lost()).isEqualTo(500);
        assertThat(report.duplicated() + report.outOfOrder() + report.foreign()).isZero();
    }

    @Test
    void bearsOtherGuaranteesInBetween() throws Exception {
        FakeWorker once = rig.start();
        once.feed(500);
        once.drain();
        once.stop();
        FakeWorker atLeastOnce = rig.startAt(500, "delivery.guarantee", "at-least-once");
        atLeastOnce.feed(500);
        atLeastOnce.drain();
        atLeastOnce.stop();
        FakeWorker again = rig.startAt(1_000);
        again.feed(500);
        again.drain();

        rig.report(1_500).assertClean();
    }

    @Test
    void aConnectorThatBeginsAnewDropsWhatTheStreamHolds() throws Exception {
        FakeWorker worker = rig.start();
        worker.feed(5_000);
        worker.drain();
        worker.stop();
        FakeWorker anew = rig.start();
        anew.feed(2_500);
        anew.poll();
        assertThat(anew.committable())
                .as("before it is sure that the log is the same")
                .isZero();
        anew.feed(3_000);
        anew.drain();

        rig.report(5_500).assertClean();
    }

    @Test
    void takesARecordThatIsMissingForAFilter() throws Exception {
        FakeWorker worker = rig.start();
        worker.feed(1_000);
        worker.drain();
        worker.stop();
        FakeWorker filtering = rig.startAt(900);
        filtering.offer(99);
        // Record 999, of which the marker speaks, is filtered, and then nothing comes.
        filtering.seek(1_000);
        filtering.drain();
        filtering.feed(500);
        filtering.drain();

        rig.report(1_500).assertClean();
    }

    @Test
    void doesNotMindTimestampsOutOfOrder() throws Exception {
        FakeWorker worker = rig.start();
        worker.stamp(offset -> 1_000_000 - offset * 7 % 1_000);
        worker.feed(1_000);
        worker.drain();
        worker.stop();
        FakeWorker next = rig.startAt(300);
        next.stamp(offset -> 1_000_000 - offset * 7 % 1_000);
        next.feed(1_200);
        next.drain();

        rig.report(1_500).assertClean();
    }

    @Test
    void failsWhenTheTopicWasCreatedAgainUnderAStoppedConnector() throws Exception {
        FakeWorker worker = rig.start();
        worker.stamp(offset -> 1_000 + offset);
        worker.feed(1_000);
        worker.drain();
        worker.stop();
        FakeWorker anew = rig.start();
        anew.stamp(offset -> 9_000 + offset);

        assertThatIsToldThatTheTopicIsAnother(anew);
    }

    @Test
    void failsWhenTheTopicWasCreatedAgainUnderTheRunningConnector() throws Exception {
        FakeWorker worker = rig.start();
        worker.stamp(offset -> 1_000 + offset);
        worker.feed(1_000);
        worker.drain();
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
        FakeWorker worker = rig.start();
        worker.feed(100);
        worker.drain();
        rig.update(stream().maximumMessageSize(2_000));

        worker.offer(400);
        worker.offerLarge(3_000);
        worker.offer(400);
        worker.drain();
        worker.offerLarge(3_000);
        worker.feed(99);
        worker.drain();

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
