package io.jetsink.task;

import static io.jetsink.task.OversizeRig.MB;
import static io.jetsink.task.OversizeRig.chunks;
import static io.jetsink.task.TaskRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code oversize=object-store} while servers are killed, connections lost and tasks ended: no object twice, none left. */
class OversizeFaultsIT {
    @RegisterExtension
    final OversizeRig rig = new OversizeRig();

    @Test
    void anUploadThatAKilledServerInterruptsIsDoneAgainAndLeavesNothing() throws Exception {
        interruptByKill("exactly-once");
    }

    @Tag("faults")
    @ParameterizedTest
    @ValueSource(strings = {"fast", "async", "sync"})
    void inEveryModeAnUploadThatAKilledServerInterruptsIsDoneAgain(String mode) throws Exception {
        interruptByKill(mode);
    }

    private void interruptByKill(String mode) throws Exception {
        FakeWorker worker = begin(mode);
        rig.feed(worker, 100, 10);
        worker.drain();
        interruptUpload(worker);

        rig.nats.kill9();
        mendNetwork();
        rig.nats.restart();
        long interrupted = rig.storeMessages();
        rig.feed(worker, 100, 10);
        worker.drain();

        assertThat(interrupted).as("chunks of the first attempt").isBetween(1L, (long) chunks(20 * MB));
        assertOneWholeObject(worker);
    }

    @Test
    void anUploadThatACrashOfTheTaskInterruptsIsDoneAgainByTheNextAndLeavesNothing() throws Exception {
        FakeWorker crashed = begin("fast");
        interruptUpload(crashed);
        crashed.stop();
        mendNetwork();
        assertThat(rig.storeMessages()).as("chunks of the first attempt").isPositive();

        FakeWorker worker = begin("fast");
        rig.replay(worker);
        rig.feed(worker, 1, 20 * MB);
        worker.drain();

        assertOneWholeObject(worker);
    }

    private void assertOneWholeObject(FakeWorker worker) throws Exception {
        rig.report().assertClean();
        assertThat(rig.objects()).hasSize(1);
        assertThat(rig.storeMessages()).isEqualTo(chunks(20 * MB) + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "exactly-once"})
    void aServerThatIsKilledBetweenObjectAndPointerKeepsTheObject(String mode) throws Exception {
        betweenObjectAndPointer(mode);
    }

    @Tag("faults")
    @ParameterizedTest
    @ValueSource(strings = {"async", "sync"})
    void inEveryModeAServerThatIsKilledBetweenObjectAndPointerKeepsTheObject(String mode) throws Exception {
        betweenObjectAndPointer(mode);
    }

    private void betweenObjectAndPointer(String mode) throws Exception {
        FakeWorker worker = begin(mode);
        rig.feed(worker, 5, 10);
        worker.drain();
        long full = rig.stored();
        rig.limit(rig.name, full, -1);
        rig.feed(worker, 1, 3 * MB);
        worker.until("the object to be stored", PATIENCE, () -> rig.storeMessages() == chunks(3 * MB) + 1);
        List<String> before = rig.ids();
        assertThat(rig.stored()).isEqualTo(full);
        assertThat(worker.committable()).isEqualTo(5);

        rig.nats.kill9();
        rig.nats.restart();
        rig.limit(rig.name, -1, -1);
        rig.feed(worker, 5, 10);
        worker.drain();

        rig.report().assertClean();
        assertThat(rig.ids()).isEqualTo(before).hasSize(1);
        assertThat(rig.storeMessages()).isEqualTo(chunks(3 * MB) + 1);
    }

    @Test
    void aBatchOfALostConnectionIsStillResumed() throws Exception {
        rig.with("publish.ack.timeout.ms", "5000");
        FakeWorker worker = begin("fast");
        rig.feed(worker, 1, 2 * MB);
        worker.drain();
        rig.feed(worker, 50, 10);
        rig.proxy().holdToClient(true);
        rig.feed(worker, 300, 10);
        // Without a poll, which would end the batch.
        Awaitility.await("records to be stored").atMost(PATIENCE).until(() -> rig.stored() > 100);
        rig.proxy().reset();
        rig.proxy().holdToClient(false);
        worker.drain();

        rig.report().assertClean();
    }

    @Test
    void aTaskThatStopsDuringAnUploadLeavesNoThread() throws Exception {
        FakeWorker worker = begin("fast");
        interruptUpload(worker);
        assertThat(threads()).isPositive();

        assertThat(worker.stop()).isLessThan(Duration.ofSeconds(1));

        Awaitility.await("the end of the connection's threads").atMost(PATIENCE).until(() -> threads() == 0);
    }

    private long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(rig.name + "-nats-"))
                .count();
    }

    @Test
    void whatALostConnectionDeliversLateIsRefused() throws Exception {
        Queue<Message> metas = new ConcurrentLinkedQueue<>();
        try (Connection connection = rig.connect()) {
            connection.createDispatcher(metas::add).subscribe("$O." + rig.name + ".M.>");
            connection.flush(PATIENCE);
            FakeWorker worker = begin("async");
            rig.feed(worker, 1, 3 * MB);
            worker.drain();
            Awaitility.await().atMost(PATIENCE).until(() -> !metas.isEmpty());

            Message late = metas.element();
            assertThatThrownBy(() -> connection.jetStream().publish(late))
                    .isInstanceOf(JetStreamApiException.class)
                    .hasMessageContaining("wrong last sequence");
            rig.report().assertClean();
        }
    }

    @Test
    void aReplayFindsItsObjects() throws Exception {
        FakeWorker worker = begin("fast");
        rig.feed(worker, 5, 10);
        rig.feed(worker, 2, 3 * MB);
        worker.drain();
        List<String> before = rig.ids();
        worker.reopen();
        rig.replay(worker);
        rig.feed(worker, 5, 10);
        rig.feed(worker, 2, 3 * MB);
        worker.drain();

        assertThat(rig.ids()).isEqualTo(before).hasSize(2);
        assertThat(rig.storeMessages()).isEqualTo(2L * (chunks(3 * MB) + 1));
        assertThat(rig.report(7).duplicated()).isEqualTo(7);
    }

    @Test
    void chunksThatCameBehindAnObjectAreLeftToTheAttemptThatMayReplaceIt() throws Exception {
        FakeWorker worker = begin("async");
        rig.feed(worker, 1, 3 * MB);
        worker.drain();
        String present = rig.ids().get(0);
        String other = present.substring(0, present.indexOf('.')) + ".other";
        try (Connection connection = rig.connect()) {
            connection.jetStream().publish("$O." + rig.name + ".C." + other, new byte[10]);
        }
        worker.reopen();
        rig.replay(worker);
        rig.feed(worker, 1, 3 * MB);
        worker.drain();

        assertThat(rig.ids()).containsExactly(present);
        assertThat(rig.storeMessages()).isEqualTo(chunks(3 * MB) + 2);
    }

    @Test
    void anotherRecordOfTheSameOffsetTakesThePlaceOfItsObject() throws Exception {
        FakeWorker worker = begin("fast");
        rig.feed(worker, 1, 3 * MB);
        worker.drain();
        List<String> before = rig.ids();
        worker.reopen();
        worker.seek(0);
        rig.feed(worker, 1, 2 * MB);
        worker.drain();

        assertThat(rig.ids()).hasSize(1).doesNotContainAnyElementsOf(before);
        assertThat(rig.storeMessages()).isEqualTo(chunks(2 * MB) + 1);
    }

    private FakeWorker begin(String mode) {
        return rig.start("mode", mode, "nats.servers", rig.proxy().url());
    }

    /** Begins a large record and lets the network stand still when some of it has reached the server. */
    private void interruptUpload(FakeWorker worker) throws Exception {
        AtomicInteger chunks = new AtomicInteger();
        try (Connection connection = rig.connect()) {
            connection
                    .createDispatcher(message -> {
                        if (chunks.incrementAndGet() == 20) {
                            rig.proxy().holdToServer(true);
                        }
                    })
                    .subscribe("$O." + rig.name + ".C.>");
            connection.flush(PATIENCE);
            rig.feed(worker, 1, 20 * MB);
            worker.until("an upload to be half done", PATIENCE, () -> chunks.get() >= 20);
        }
    }

    private void mendNetwork() {
        rig.proxy().reset();
        rig.proxy().holdToServer(false);
    }
}
