package io.jetsink.task;

import static io.jetsink.task.OversizeRig.MB;
import static io.jetsink.task.OversizeRig.SOON;
import static io.jetsink.task.OversizeRig.chunks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code oversize=object-store} while servers are killed, connections lost and tasks ended: no object twice, none left. */
class OversizeFaultsIT {
    private static NatsServer nats;

    private OversizeRig rig;

    @BeforeAll
    static void startServer() {
        nats = NatsServer.start();
    }

    @AfterAll
    static void stopServer() {
        nats.close();
    }

    @BeforeEach
    void start() throws Exception {
        rig = new OversizeRig(nats);
    }

    @AfterEach
    void stop() {
        rig.close();
    }

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

        nats.kill9();
        mendNetwork();
        nats.restart();
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
        rig.stop(crashed);
        mendNetwork();
        assertThat(rig.storeMessages()).as("chunks of the first attempt").isPositive();

        FakeWorker worker = begin("fast");
        rig.replay(worker);
        rig.feed(worker, 1, 20 * MB);
        worker.drain();

        assertOneWholeObject(worker);
    }

    private void assertOneWholeObject(FakeWorker worker) throws Exception {
        rig.report(worker.consumed()).assertClean();
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
        long full = rig.storedMessages();
        rig.limit(rig.name, full, -1);
        rig.feed(worker, 1, 3 * MB);
        worker.until("the object to be stored", SOON, () -> rig.storeMessages() == chunks(3 * MB) + 1);
        List<String> before = rig.ids();
        assertThat(rig.storedMessages()).isEqualTo(full);
        assertThat(worker.committable()).isEqualTo(5);

        nats.kill9();
        nats.restart();
        rig.limit(rig.name, -1, -1);
        rig.feed(worker, 5, 10);
        worker.drain();

        rig.report(worker.consumed()).assertClean();
        assertThat(rig.ids()).isEqualTo(before).hasSize(1);
        assertThat(rig.storeMessages()).isEqualTo(chunks(3 * MB) + 1);
    }

    @Test
    void aBatchOfALostConnectionIsStillResumed() throws Exception {
        FakeWorker worker =
                rig.begin("fast", Map.of("nats.servers", rig.proxy.url(), "publish.ack.timeout.ms", "5000"));
        rig.feed(worker, 1, 2 * MB);
        worker.drain();
        rig.feed(worker, 50, 10);
        rig.proxy.holdToClient(true);
        rig.feed(worker, 300, 10);
        // Without a poll, which would end the batch.
        Awaitility.await("records to be stored").atMost(SOON).until(() -> rig.storedMessages() > 100);
        rig.proxy.reset();
        rig.proxy.holdToClient(false);
        worker.drain();

        rig.report(worker.consumed()).assertClean();
    }

    @Test
    void aTaskThatStopsDuringAnUploadLeavesNoThread() throws Exception {
        FakeWorker worker = begin("fast");
        interruptUpload(worker);
        assertThat(threads()).isPositive();

        assertThat(rig.stop(worker)).isLessThan(Duration.ofSeconds(1));

        Awaitility.await("the end of the connection's threads").atMost(SOON).until(() -> threads() == 0);
    }

    private long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(rig.name + "-nats-"))
                .count();
    }

    @Test
    void whatALostConnectionDeliversLateIsRefused() throws Exception {
        Queue<Message> metas = new ConcurrentLinkedQueue<>();
        try (Connection connection = nats.connect()) {
            connection.createDispatcher(metas::add).subscribe("$O." + rig.name + ".M.>");
            connection.flush(SOON);
            FakeWorker worker = begin("async");
            rig.feed(worker, 1, 3 * MB);
            worker.drain();
            Awaitility.await().atMost(SOON).until(() -> !metas.isEmpty());

            Message late = metas.element();
            assertThatThrownBy(() -> connection.jetStream().publish(late))
                    .isInstanceOf(JetStreamApiException.class)
                    .hasMessageContaining("wrong last sequence");
            rig.report(worker.consumed()).assertClean();
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
        try (Connection connection = nats.connect()) {
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
        return rig.begin(mode, Map.of("nats.servers", rig.proxy.url()));
    }

    /** Begins a large record and lets the network stand still when some of it has reached the server. */
    private void interruptUpload(FakeWorker worker) throws Exception {
        AtomicInteger chunks = new AtomicInteger();
        try (Connection connection = nats.connect()) {
            connection
                    .createDispatcher(message -> {
                        if (chunks.incrementAndGet() == 20) {
                            rig.proxy.holdToServer(true);
                        }
                    })
                    .subscribe("$O." + rig.name + ".C.>");
            connection.flush(SOON);
            rig.feed(worker, 1, 20 * MB);
            worker.until("an upload to be half done", SOON, () -> chunks.get() >= 20);
        }
    }

    private void mendNetwork() {
        rig.proxy.reset();
        rig.proxy.holdToServer(false);
    }
}
