package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.Connection;
import io.nats.client.PurgeOptions;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exactly-once tasks against a real server, through crashes, lost acks, zombies and what people do to topic and stream. */
public class ExactlyOnceFaultsIT {
    private static final String STREAM = "once";
    private static final String MARKERS = "jetsink.offsets.once.>";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<FakeWorker> running = new ArrayList<>();
    private NatsServer nats;
    private FaultProxy proxy;
    private Logged logged;

    @BeforeEach
    void start() throws Exception {
        logged = Logged.begin();
        nats = NatsServer.start();
        proxy = FaultProxy.to(nats);
        try (Connection connection = nats.connect()) {
            connection.jetStreamManagement().addStream(stream().build());
        }
    }

    @AfterEach
    void stop() {
        running.forEach(FakeWorker::stop);
        proxy.close();
        nats.close();
        logged.close();
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("faults.seeds", 20));
    }

    @Test
    void crashesLeaveNoTrace() throws Exception {
        crash(new Random(4711), 4);
    }

    @Tag("faults")
    @ParameterizedTest
    @MethodSource("seeds")
    void manyCrashesLeaveNoTrace(long seed) throws Exception {
        crash(new Random(seed), 20);
    }

    /** The task, the server, both, or the task is only taken for dead. */
    private void crash(Random random, int times) throws Exception {
        FakeWorker worker = begin(0, Map.of());
        FakeWorker zombie = null;
        long produced = 0;
        long committed = 0;
        for (int i = 0; i < times; i++) {
            int some = 200 + random.nextInt(3_000);
            worker.feed(some);
            produced = Math.max(produced, worker.consumed());
            if (random.nextBoolean()) {
                committed = worker.committable();
            }
            int fault = random.nextInt(4);
            if (fault == 0 || fault == 1) {
                nats.kill9();
                nats.restart();
            }
            if (fault == 1 || fault == 2) {
                crash(worker);
            }
            if (fault == 3) {
                zombie = worker;
            }
            if (fault != 0) {
                worker = begin(committed, Map.of());
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

        report(worker.consumed()).assertClean();
    }

    @Test
    void lostAcksLeaveNoTrace() throws Exception {
        loseAcks(2);
    }

    @Tag("faults")
    @Test
    void manyLostAcksLeaveNoTrace() throws Exception {
        loseAcks(10);
    }

    private void loseAcks(int times) throws Exception {
        FakeWorker worker = begin(0, Map.of("nats.servers", proxy.url()));
        worker.feed(500);
        // Everything is claimed and settled at the end of this and of each turn: the next answer is the one to a
        // commit.
        worker.drain();
        for (int i = 0; i < times; i++) {
            long before = proxy.dropped();
            proxy.dropAnswers(true);
            worker.feed(500);
            worker.until("an ack to get lost", SOON, () -> proxy.dropped() > before);
            if (i % 2 == 1) {
                nats.kill9();
                nats.restart();
            }
            proxy.dropAnswers(false);
            worker.feed(500);
            worker.drain();
        }

        assertThat(logged.lines("is fenced")).isEmpty();
        report(worker.consumed()).assertClean();
    }

    @Test
    void aZombieStoresNothingMoreAndServesWhatItIsAssignedNext() throws Exception {
        FakeWorker zombie = begin(0, Map.of());
        zombie.feed(1_000);
        zombie.drain();
        zombie.feed(100);
        FakeWorker owner = begin(1_000, Map.of());
        owner.feed(500);
        owner.drain();

        zombie.offer(400);
        zombie.offer(400);
        zombie.until("the zombie to be fenced", SOON, () -> !zombie.commits());
        assertThat(logged.lines("is fenced")).singleElement().asString().contains("once-0 is fenced");
        assertThat(report(1_500).duplicated()).isZero();
        assertThat(report(1_500).foreign()).isZero();

        crash(owner);
        zombie.reopen();
        zombie.seek(1_500);
        zombie.feed(500);
        zombie.drain();
        report(2_000).assertClean();
    }

    /** It was frozen between its assignment and its claim, so its claim is the younger one, until it is taken away. */
    @Test
    void aZombieThatClaimsLateStoresNothingTwice() throws Exception {
        FakeWorker zombie = begin(0, Map.of());
        FakeWorker owner = begin(0, Map.of());
        owner.feed(1_000);
        owner.drain();

        zombie.feed(1_200);
        zombie.drain();
        owner.offer(500);
        owner.until("the owner to be fenced", SOON, () -> !owner.commits());
        crash(zombie);
        owner.reopen();
        owner.seek(1_000);
        owner.feed(1_000);
        owner.drain();

        report(2_000).assertClean();
    }

    @Test
    void bearsAServerThatIsAwayAtStartAndForLongerThanTheDuplicateWindow() throws Exception {
        nats.kill9();
        FakeWorker worker = begin(0, Map.of("nats.servers", proxy.url()));
        worker.offer(500);
        worker.poll();
        assertThat(worker.committable()).isZero();
        nats.restart();
        worker.drain();

        proxy.dropAnswers(true);
        worker.offer(500);
        worker.until("an ack to get lost", SOON, () -> proxy.dropped() > 0);
        nats.kill9();
        long begin = System.nanoTime();
        worker.until(
                "the window to be over",
                SOON,
                () -> System.nanoTime() - begin > Duration.ofSeconds(3).toNanos());
        // Taken away and brought back meanwhile: the worker begins where it has committed.
        worker.reopen();
        worker.seek(500);
        worker.offer(700);
        proxy.dropAnswers(false);
        nats.restart();
        worker.drain();

        report(1_200).assertClean();
    }

    @Test
    void bearsThatItsMarkersArePurged() throws Exception {
        FakeWorker worker = begin(0, Map.of());
        worker.feed(500);
        worker.drain();
        purge(PurgeOptions.subject(MARKERS));
        worker.feed(500);
        worker.drain();
        crash(worker);
        purge(PurgeOptions.subject(MARKERS));
        FakeWorker next = begin(1_000, Map.of());
        next.feed(500);
        next.drain();

        report(1_500).assertClean();
    }

    @Test
    void goesOnBehindWhatWasPurged() throws Exception {
        FakeWorker worker = begin(0, Map.of());
        worker.feed(500);
        worker.drain();
        purge(PurgeOptions.builder().build());
        worker.feed(500);
        worker.drain();

        StreamReport report = report(1_000);
        assertThat(report.lost()).isEqualTo(500);
        assertThat(report.duplicated() + report.outOfOrder() + report.foreign()).isZero();
    }

    @Test
    void bearsOtherGuaranteesInBetween() throws Exception {
        FakeWorker once = begin(0, Map.of());
        once.feed(500);
        once.drain();
        crash(once);
        FakeWorker atLeastOnce = begin(500, Map.of("delivery.guarantee", "at-least-once"));
        atLeastOnce.feed(500);
        atLeastOnce.drain();
        crash(atLeastOnce);
        FakeWorker again = begin(1_000, Map.of());
        again.feed(500);
        again.drain();

        report(1_500).assertClean();
    }

    @Test
    void aConnectorThatBeginsAnewDropsWhatTheStreamHolds() throws Exception {
        FakeWorker worker = begin(0, Map.of());
        worker.feed(5_000);
        worker.drain();
        crash(worker);
        FakeWorker anew = begin(0, Map.of());
        anew.feed(2_500);
        anew.poll();
        assertThat(anew.committable())
                .as("before it is sure that the log is the same")
                .isZero();
        anew.feed(3_000);
        anew.drain();

        report(5_500).assertClean();
    }

    @Test
    void takesARecordThatIsMissingForAFilter() throws Exception {
        FakeWorker worker = begin(0, Map.of());
        worker.feed(1_000);
        worker.drain();
        crash(worker);
        FakeWorker filtering = begin(900, Map.of());
        filtering.offer(99);
        // Record 999, of which the marker speaks, is filtered, and then nothing comes.
        filtering.seek(1_000);
        filtering.drain();
        filtering.feed(500);
        filtering.drain();

        report(1_500).assertClean();
    }

    @Test
    void doesNotMindTimestampsOutOfOrder() throws Exception {
        FakeWorker worker = begin(0, Map.of());
        worker.stamp(offset -> 1_000_000 - offset * 7 % 1_000);
        worker.feed(1_000);
        worker.drain();
        crash(worker);
        FakeWorker next = begin(300, Map.of());
        next.stamp(offset -> 1_000_000 - offset * 7 % 1_000);
        next.feed(1_200);
        next.drain();

        report(1_500).assertClean();
    }

    @Test
    void failsWhenTheTopicWasCreatedAgainUnderAStoppedConnector() throws Exception {
        FakeWorker worker = begin(0, Map.of());
        worker.stamp(offset -> 1_000 + offset);
        worker.feed(1_000);
        worker.drain();
        crash(worker);
        FakeWorker anew = begin(0, Map.of());
        anew.stamp(offset -> 9_000 + offset);

        assertThatIsToldThatTheTopicIsAnother(anew);
    }

    @Test
    void failsWhenTheTopicWasCreatedAgainUnderTheRunningConnector() throws Exception {
        FakeWorker worker = begin(0, Map.of());
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
        assertThatThrownBy(() -> {
                    worker.offer(800);
                    worker.until("the task to fail", SOON, () -> false);
                })
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("once-0")
                .hasMessageContaining("offset 999")
                .hasMessageContaining("offset 0")
                .hasMessageContaining("PATCH /connectors/<name>/offsets");
        report(1_000).assertClean();
    }

    @Test
    void findsTheRecordForWhichABatchIsRefused() throws Exception {
        FakeWorker worker = begin(0, Map.of());
        worker.feed(100);
        worker.drain();
        try (Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .updateStream(stream().maximumMessageSize(2_000).build());
        }

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
        StreamReport report = report(1_001);
        assertThat(report.lost()).isEqualTo(2);
        assertThat(report.duplicated() + report.outOfOrder() + report.foreign()).isZero();
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder()
                .name(STREAM)
                .subjects(STREAM, MARKERS)
                .duplicateWindow(Duration.ofSeconds(1))
                .allowAtomicPublish()
                .allowRollup(true);
    }

    private FakeWorker begin(long offset, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                STREAM,
                "topics",
                STREAM,
                "nats.servers",
                nats.url(),
                "jetstream.stream",
                STREAM,
                "delivery.guarantee",
                "exactly-once",
                "publish.ack.timeout.ms",
                "500"));
        config.putAll(more);
        FakeWorker worker = new FakeWorker(STREAM, new NatsJetStreamSinkTask());
        worker.seek(offset);
        worker.start(config);
        running.add(worker);
        return worker;
    }

    /** Without a last commit. */
    private void crash(FakeWorker worker) {
        running.remove(worker);
        worker.stop();
    }

    private void purge(PurgeOptions what) throws Exception {
        try (Connection connection = nats.connect()) {
            connection.jetStreamManagement().purgeStream(STREAM, what);
        }
    }

    private StreamReport report(long produced) throws Exception {
        try (Connection connection = nats.connect()) {
            return StreamChecker.read(connection, STREAM).report(List.of(produced));
        }
    }
}
