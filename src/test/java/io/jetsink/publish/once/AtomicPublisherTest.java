package io.jetsink.publish.once;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.once.AtomicStream.Fault;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AtomicPublisherTest {
    private final AtomicLong clock = new AtomicLong();
    private final AtomicStream stream = new AtomicStream();
    private final AtomicTask task = new AtomicTask(stream, clock, Map.of());

    @Test
    void storesRecordsOfSomePartitionsInOneBatch() throws Exception {
        admit(0, 0, 3);
        admit(1, 5, 7);
        drain();

        assertThat(stored()).containsExactly("0:0", "0:1", "0:2", "1:5", "1:6");
        assertThat(offset(0)).isEqualTo("2");
        assertThat(offset(1)).isEqualTo("6");
    }

    @Test
    void keepsToTheServersBatchSizeWithTheMarkers() throws Exception {
        admit(0, 0, 1_500);
        admit(1, 0, 1_500);
        drain();

        assertThat(stored()).hasSize(3_000);
        assertThat(stream.commits).isLessThan(8);
    }

    @Test
    void beginsABatchWithARollupOfASubjectThatTheOneBeforeHolds() throws Exception {
        claimed();
        admit(0, 1, 4);
        task.admitRollup(0, 4);
        admit(0, 5, 7);
        task.admitRollup(0, 7);
        task.admitRollup(0, 8);
        int before = stream.commits;
        drain();

        assertThat(stored()).containsExactly("0:0", "0:1", "0:2", "0:3", "0:4", "0:5", "0:6", "0:7", "0:8");
        assertThat(stream.commits - before).isEqualTo(4);
    }

    @Test
    void sendsTheNextBatchWhileTheOneBeforeIsBeingStored() throws Exception {
        claimed();
        stream.faults = () -> Fault.SILENT;
        admit(0, 1, 1_500);
        put(4);

        assertThat(stream.commits).isEqualTo(2);
        assertThat(stored()).hasSize(1_000);
        assertThat(stream.staged()).as("all that is left").isEqualTo(500);
    }

    @Test
    void sendsABatchAgainThatWasForgottenBeforeItsCommit() throws Exception {
        claimed();
        stream.faults = () -> Fault.SILENT;
        admit(0, 1, 1_500);
        put(2);
        stream.forgetStaged();
        task.disconnect();
        stream.faults = () -> Fault.NONE;
        drain();

        assertThat(stored()).hasSize(1_500).doesNotHaveDuplicates();
    }

    @Test
    void findsOutThatTheServerAcceptsSmallerBatches() throws Exception {
        stream.maxBatch = 100;
        admit(0, 0, 4_000);
        drain();

        assertThat(stored()).hasSize(4_000);
        // 62 records each, and a few attempts to find out.
        assertThat(stream.commits).isLessThan(75);
    }

    @Test
    void recognizesTheRefusalOfItsOwnCopy() throws Exception {
        claimed();
        faultOnce(Fault.ACK_LOST);
        admit(0, 1, 4);
        drain();

        assertThat(stored()).containsExactly("0:0", "0:1", "0:2", "0:3");
        assertThat(task.partitions.get(0).fenced()).isFalse();
    }

    @Test
    void sendsABatchOfUnknownOutcomeAgainInTheNextEpoch() throws Exception {
        claimed();
        faultOnce(Fault.ACK_LOST);
        admit(0, 1, 4);
        put(2);
        assertThat(stored()).contains("0:3");
        assertThat(task.isDrained()).isFalse();
        task.disconnect();
        drain();

        assertThat(stored()).containsExactly("0:0", "0:1", "0:2", "0:3");
    }

    @Test
    void doesNotDoubleWhatTheMarkersDidNotShowYet() throws Exception {
        claimed();
        faultOnce(Fault.PROPOSED);
        admit(0, 1, 4);
        put(40);
        stream.settle();
        drain();

        assertThat(stored()).containsExactly("0:0", "0:1", "0:2", "0:3");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void rejectsTheRecordThatIsRefusedOrCondemnsItsBatch(boolean itself) throws Exception {
        stream.refusesMembers = itself;
        admit(0, 0, 700);
        task.admit(0, 700, "bad", 1);
        admit(0, 701, 1_500);
        drain();

        assertThat(task.reported).containsExactly(700L);
        assertThat(stored()).hasSize(1_499).doesNotContain("bad");
        assertThat(stored().get(700)).isEqualTo("0:701");
        assertThat(task.losses).as("the connection stays").isEmpty();
        assertThat(stream.commits).isLessThan(itself ? 10 : 40);
    }

    /** Otherwise each claim would have the consumer go back to it, and it would be reported each time. */
    @Test
    void movesTheMarkerToARejectedRecordThatNothingFollows() throws Exception {
        admit(0, 0, 10);
        // Larger than a marker, which would be at fault otherwise.
        stream.refused = "bad".repeat(1_000);
        task.admit(0, 10, stream.refused, 1);
        drain();
        put(10);

        assertThat(stream.lastOffset(AtomicTask.subject(0))).isEqualTo(10);
        AtomicTask next = new AtomicTask(stream, clock, Map.of());
        next.open(0).position(11);
        for (int i = 0; i < 10; i++) {
            next.put();
        }
        assertThat(next.seeks).isEmpty();
        assertThat(stream.lastOffset(AtomicTask.subject(0))).isEqualTo(10);
    }

    /** It is the marker that is refused, and the stream that has lost a flag. */
    @Test
    void condemnsNoRecordWhenTheStreamLosesItsRollups() throws Exception {
        claimed();
        stream.rollups = false;
        admit(0, 1, 100);
        put(20);
        assertThat(task.reported).isEmpty();
        assertThat(stored()).containsExactly("0:0");

        stream.rollups = true;
        drain();

        assertThat(task.reported).isEmpty();
        assertThat(stored()).hasSize(100).doesNotHaveDuplicates();
    }

    /** Somebody has set max_msg_size to what records need: it is the stream's mistake, and no record's. */
    @Test
    void rejectsNoRecordForAMarkerThatIsTooLarge() throws Exception {
        claimed();
        stream.maxMessageSize = 200;
        admit(0, 1, 20);
        putUntilTheLinkIsLost();

        assertThat(task.reported).isEmpty();
        assertThat(task.losses)
                .first()
                .asString()
                .startsWith(
                        "delivery.guarantee=exactly-once: stream S has refused an offset marker for its max_msg_size:"
                                + " run nats stream edit S --max-msg-size=-1");
        stream.maxMessageSize = Integer.MAX_VALUE;
        drain();
        assertThat(stored()).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void doesNotRejectWhatAnEarlierAttemptHasStored() throws Exception {
        claimed();
        faultOnce(Fault.ACK_LOST);
        admit(0, 1, 2);
        put(2);
        assertThat(stored()).contains("0:1");
        // Only now does the stream refuse such records.
        stream.refused = "0:1";
        drain();

        assertThat(task.reported).isEmpty();
        assertThat(stored()).containsExactly("0:0", "0:1");
    }

    @Test
    void writesPurgedMarkersAgainAndGoesOn() throws Exception {
        claimed();
        stream.purgeMarkers();
        admit(0, 1, 4);
        drain();

        assertThat(stored()).containsExactly("0:0", "0:1", "0:2", "0:3");
        assertThat(offset(0)).isEqualTo("3");
    }

    @Test
    void publishesNothingMoreOnceFenced() throws Exception {
        claimed();
        AtomicTask other = new AtomicTask(stream, clock, Map.of());
        other.admit(0, 1);
        for (int i = 0; i < 10; i++) {
            other.put();
            clock.addAndGet(Duration.ofMillis(20).toNanos());
        }

        admit(0, 1, 4);
        admit(1, 0, 2);
        drain();

        assertThat(stored()).containsExactly("0:0", "0:1", "1:0", "1:1");
        assertThat(task.partitions.get(0).fenced()).isTrue();
        assertThat(task.partitions.get(1).fenced()).isFalse();
    }

    @Test
    void endsAnEpochInWhichNothingIsAccepted() throws Exception {
        claimed();
        stream.faults = () -> Fault.UNAVAILABLE;
        admit(0, 1, 2);
        putUntilTheLinkIsLost();

        assertThat(task.losses).singleElement().asString().contains("without an ack");
    }

    @Test
    void asksAFullStreamForRoomWithOneRecordAtATime() throws Exception {
        claimed();
        stream.faults = () -> Fault.FULL;
        admit(0, 1, 800);
        putUntilTheLinkIsLost();

        assertThat(task.losses).singleElement().asString().contains("maximum messages exceeded", "raise the limits");
        assertThat(stream.commits).isGreaterThan(5);
        assertThat(stream.members)
                .as("the batch once, and then its first record")
                .isLessThan(800 + 2 * stream.commits);
        stream.faults = () -> Fault.NONE;
        drain();
        assertThat(stored()).hasSize(800).doesNotHaveDuplicates();
    }

    @Test
    void backsOffAndNamesTheCauseWhenUnchangedMarkersAreRefused() throws Exception {
        claimed();
        int before = stream.commits;
        stream.mapping = subject -> "moved." + subject;
        admit(0, 1, 800);
        // Ten seconds.
        put(500);

        assertThat(stream.commits - before).isBetween(5, 12);
        assertThat(task.losses)
                .isNotEmpty()
                .allSatisfy(loss -> assertThat(loss)
                        .contains("10071", "m.c.>", "mappings of the NATS account", "subject_transform"));
        assertThat(task.definite).as("it may pass").isNull();
        stream.mapping = subject -> subject;
        drain();
        assertThat(stored()).hasSize(800).doesNotHaveDuplicates();
    }

    @Test
    void looksTheStreamUpWhenUnchangedMarkersAreRefused() throws Exception {
        claimed();
        stream.mapping = subject -> "moved." + subject;
        stream.configuration = StreamConfiguration.builder()
                .name("S")
                .subjects(">")
                .allowAtomicPublish()
                .allowRollup(true)
                .subjectTransform(new SubjectTransform("m.>", "moved.m.>"))
                .build();
        admit(0, 1, 2);
        putUntilTheLinkIsLost();

        assertThat(task.losses).singleElement().asString().contains("subject_transform from m.> to moved.m.>");
    }

    @Test
    void failsForMarkersThatAreNotWhereTheyWereWritten() throws Exception {
        stream.mapping = subject -> "moved." + subject;
        admit(0, 0, 10);
        for (int i = 0; i < 500 && task.definite == null; i++) {
            put();
        }

        assertThat(task.definite).hasMessageContainingAll("t-0", "m.c.t.0", "mappings of the NATS account");
        assertThat(stored()).isEmpty();
    }

    @Test
    void findsTheRecordsOfABatchWhoseMarkersArePurgedBeforeItsAck() throws Exception {
        claimed();
        faultOnce(Fault.ACK_LOST);
        admit(0, 1, 40);
        put(2);
        assertThat(stored()).hasSize(40);
        stream.purgeMarkers();
        drain();
        admit(0, 40, 50);
        drain();

        assertThat(stored()).hasSize(50).doesNotHaveDuplicates();
        assertThat(offset(0)).isEqualTo("49");
    }

    @Test
    void sendsABatchAgainThatWasLostBeforeItsMarkersArePurged() throws Exception {
        claimed();
        faultOnce(Fault.LOST);
        admit(0, 1, 40);
        put(2);
        stream.purgeMarkers();
        drain();

        assertThat(stored()).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    void remembersTheOffsetOfAMarkerThatIsGoneFromAStoredBatch() throws Exception {
        admit(0, 0, 1);
        admit(1, 0, 1);
        drain();
        faultOnce(Fault.ACK_LOST);
        admit(0, 1, 10);
        admit(1, 1, 10);
        put(2);
        stream.purgeMarker(AtomicTask.subject(1));
        drain();
        // The consumer goes back, as after a commit that failed.
        admit(1, 5, 12);
        drain();

        assertThat(stored()).hasSize(22).doesNotHaveDuplicates();
        assertThat(offset(1)).isEqualTo("11");
    }

    @Test
    void readsMarkersBeforeAnUnansweredBatchIsSentAgain() throws Exception {
        claimed();
        int before = stream.commits;
        faultOnce(Fault.ACK_LOST);
        stream.readsFail = true;
        admit(0, 1, 800);
        put(20);
        assertThat(stream.commits - before).isEqualTo(1);
        stream.readsFail = false;
        drain();

        assertThat(stored()).hasSize(800).doesNotHaveDuplicates();
        assertThat(stream.commits - before).isEqualTo(1);
    }

    @Test
    void beginsEachEpochWithLittle() throws Exception {
        task.admit(0, 0, "x".repeat(900_000), 1);
        for (int offset = 1; offset < 2_000; offset++) {
            task.admit(0, offset, "x".repeat(10_000), 1);
        }
        drain();
        assertThat(stream.members).as("large batches").isLessThan(2_400);
        int settled = task.settled();
        stream.bytes = 0;
        stream.faults = () -> Fault.UNAVAILABLE;
        for (int offset = 2_000; offset < 4_000; offset++) {
            task.admit(0, offset, "x".repeat(10_000), 1);
        }
        put(50);
        task.disconnect();
        stream.bytes = 0;
        putUntilTheLinkIsLost();

        assertThat(task.settled()).isEqualTo(settled);
        assertThat(stream.bytes).as("sent in vain in a whole epoch").isLessThan(2_000_000);
    }

    @Test
    void claimsAllPartitionsAtOnce() throws Exception {
        stream.faraway = true;
        for (int partition = 0; partition < 100; partition++) {
            admit(partition, 0, 10);
        }

        assertThat(roundTrips()).isLessThan(10);
        assertThat(stored()).hasSize(1_000);
    }

    @Test
    void claimsManyPartitionsSomeAtATime() throws Exception {
        stream.faraway = true;
        for (int partition = 0; partition < 1_000; partition++) {
            admit(partition, 0, 1);
        }
        put(2);
        assertThat(stream.underway()).isEqualTo(256);

        assertThat(roundTrips()).isLessThan(40);
        assertThat(stored()).hasSize(1_000);
    }

    @Test
    void claimsNoMoreThanTheConnectionHasRoomFor() throws Exception {
        AtomicTask small = new AtomicTask(stream, clock, Map.of("publish.max.pending", "3"));
        stream.faraway = true;
        IntStream.range(0, 20).forEach(partition -> small.admit(partition, 0));
        small.put();

        small.put();

        assertThat(stream.underway()).isLessThanOrEqualTo(4);
    }

    /** As Connect calls a task whose topics are idle: put and preCommit together, once in a commit interval. */
    @Test
    void keepsTheMarkersOfAnIdleTaskAlive() throws Exception {
        task.removeAfter(Duration.ofHours(1));
        claimed();
        stream.faraway = true;
        long sequence = sequence(0);
        long age = 0;
        for (int minute = 0; minute < 12 * 60; minute++) {
            for (long due = 0; due < Duration.ofMinutes(1).toNanos(); due += step()) {
                task.put();
                task.commit();
                stream.arrive();
            }
            age = sequence(0) == sequence ? age + 1 : 0;
            sequence = sequence(0);
            assertThat(age)
                    .as("minutes without a refresh, at minute %d", minute)
                    .isLessThan(22);
        }

        stream.faraway = false;
        stream.arrive();
        admit(0, 1, 2);
        put(5);
        assertThat(stored()).as("at once").containsExactly("0:0", "0:1");
    }

    /** @return until the next poll is over */
    private long step() {
        long wait = Math.max(
                Duration.ofMillis(50).toNanos(),
                Math.min(task.dueNanos(), Duration.ofMinutes(1).toNanos()));
        clock.addAndGet(wait);
        return wait;
    }

    /** Whenever the task looks after its claims, a batch of another partition is on its way. */
    @Test
    void keepsTheMarkerOfAnIdlePartitionAliveUnderLoad() throws Exception {
        task.removeAfter(Duration.ofHours(1));
        claimed();
        admit(1, 0, 1);
        drain();
        stream.faraway = true;
        long sequence = sequence(1);
        long age = 0;
        int offset = 1;
        for (int step = 0; step < 6 * 60 * 6; step++) {
            task.admit(0, offset++);
            task.put();
            stream.arrive();
            clock.addAndGet(Duration.ofSeconds(10).toNanos());
            age = sequence(1) == sequence ? age + 10 : 0;
            sequence = sequence(1);
            assertThat(age).as("seconds without a refresh, at step %d", step).isLessThan(22 * 60);
        }
        stream.faraway = false;
        stream.arrive();
        drain();
        assertThat(stored()).hasSize(offset + 1).doesNotHaveDuplicates();
    }

    private long sequence(int partition) {
        return stream.markers.get(AtomicTask.subject(partition)).sequence();
    }

    private int roundTrips() throws Exception {
        int trips = 0;
        for (; trips < 1_000 && !task.isDrained(); trips++) {
            put();
            stream.arrive();
        }
        return trips;
    }

    /** A task that has stored its first record. */
    private void claimed() throws Exception {
        admit(0, 0, 1);
        drain();
    }

    private void admit(int partition, int from, int to) {
        IntStream.range(from, to).forEach(offset -> task.admit(partition, offset));
    }

    private void faultOnce(Fault fault) {
        stream.faults = () -> {
            stream.faults = () -> Fault.NONE;
            return fault;
        };
    }

    private void put() throws Exception {
        task.put();
        clock.addAndGet(Duration.ofMillis(20).toNanos());
    }

    private void put(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            put();
        }
    }

    private void putUntilTheLinkIsLost() throws Exception {
        for (int i = 0; i < 1_000 && task.losses.isEmpty(); i++) {
            put();
        }
    }

    private void drain() throws Exception {
        for (int i = 0; i < 2_000 && !task.isDrained(); i++) {
            put();
        }
        assertThat(task.isDrained()).as("drained").isTrue();
        assertThat(task.definite).isNull();
    }

    private List<String> stored() {
        return stream.records.stream()
                .map(message -> new String(message.payload(), UTF_8))
                .toList();
    }

    private String offset(int partition) {
        return stream.marker(AtomicTask.subject(partition), "Jetsink-Offset");
    }
}
