package io.jetsink.publish.once;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.OutageException;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.Told;
import io.jetsink.publish.UnrecoverableException;
import io.jetsink.publish.once.AtomicStream.Fault;
import io.jetsink.support.Logged;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionClaimTest {
    private static final String SUBJECT = "m.c.t.0";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long REFRESH = Duration.ofMinutes(10).toNanos();

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final AtomicStream stream = new AtomicStream();
    private AssignedPartition partition;
    private PartitionClaim claim;

    private final Told told = new Told();

    /** With a record, for without one there is nothing to claim. */
    @BeforeEach
    void open() {
        begin();
        partition.admitted(0);
    }

    /** A stay in which no record has come yet. */
    private void begin() {
        partition = new AssignedPartition("task-0", new TopicPartition("t", 0));
        claim = new PartitionClaim(partition, SUBJECT, clock::get);
    }

    @Test
    void writesTheFirstMarker() throws Exception {
        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(claim.expected()).isEqualTo(1);
        assertThat(stream.marker(SUBJECT, "Jetsink-Offset")).isEqualTo("-1");
        assertThat(stream.marker(SUBJECT, "Jetsink-Owner")).isEqualTo(claim.owner());
        assertThat(stream.marker(SUBJECT, "Nats-Rollup")).isEqualTo("sub");
    }

    @Test
    void adoptsTheOffsetOfThePreviousOwner() throws Exception {
        ownerBefore(41);

        tend();

        assertThat(stream.marker(SUBJECT, "Jetsink-Offset")).isEqualTo("41");
        assertThat(stream.marker(SUBJECT, "Jetsink-Timestamp")).isEqualTo("1041");
        assertThat(stream.marker(SUBJECT, "Jetsink-Owner")).isEqualTo(claim.owner());
        assertThat(isStored(AtomicTask.record(0, 41, 1_041))).isTrue();
        assertThat(isStored(AtomicTask.record(0, 42, 1_042))).isFalse();
    }

    @Test
    void readsAgainWhenAnotherWroteInBetween() throws Exception {
        once();
        ownerBefore(7);

        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(isStored(AtomicTask.record(0, 7, 1_007))).isTrue();
        assertThat(partition.fenced()).isFalse();
    }

    @Test
    void yieldsToATaskThatClaimsAtTheSameTime() throws Exception {
        ownerBefore(7, "before");
        once();
        ownerBefore(7, "other");
        once();
        once();
        assertThat(stream.marker(SUBJECT, "Jetsink-Owner")).isEqualTo("other");
        clock.addAndGet(Duration.ofMillis(4_900).toNanos());
        once();
        once();
        assertThat(claim.isHeld())
                .as("a partition that is to go is gone by then")
                .isFalse();

        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(stream.marker(SUBJECT, "Jetsink-Owner")).isEqualTo(claim.owner());
    }

    @Test
    void yieldsWhenItWasNotCalledWhileItClaims() throws Exception {
        once();
        clock.addAndGet(Duration.ofSeconds(20).toNanos());
        once();
        once();
        assertThat(stream.claims).isZero();

        tend();

        assertThat(claim.isHeld()).isTrue();
    }

    @Test
    void triesAgainWithAPauseWhenNobodyAnswers() throws Exception {
        stream.faults = () -> Fault.UNAVAILABLE;
        once();
        once();
        once();
        int asked = stream.claims;
        once();
        assertThat(stream.claims).as("without the pause").isEqualTo(asked);
        assertThat(claim.pauseNanos()).isPositive();

        stream.faults = () -> Fault.NONE;
        tend();

        assertThat(claim.isHeld()).isTrue();
    }

    @Test
    void isHeldWhenOnlyTheAckGotLost() throws Exception {
        stream.faults = () -> Fault.ACK_LOST;
        once();
        once();
        once();
        stream.faults = () -> Fault.NONE;

        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(claim.expected()).isEqualTo(stream.markers.get(SUBJECT).sequence());
    }

    @Test
    void endsTheEpochAfterRepeatedFailures() {
        stream.readsFail = true;

        assertThrown(OutageException.class, this::tend, SUBJECT, "no answer").hasRootCauseMessage("no answer");
    }

    @Test
    void toleratesAClosedConnection() throws Exception {
        AtomicStream.Link link = stream.new Link();
        link.closed = true;

        claim.advance(markers(link));

        assertThat(claim.isHeld()).isFalse();
    }

    @Test
    void refusesAMessageThatIsNoMarker() {
        stream.markers.put(SUBJECT, new AtomicStream.Stored(1, SUBJECT, new Headers().put("Foo", "bar"), new byte[0]));

        assertThrown(UnrecoverableException.class, this::tend, SUBJECT, "exactly.once.marker.prefix");
    }

    @Test
    void isFencedByAnotherOwnersMarker() throws Exception {
        tend();

        claim.reconcile(marker(5, "other", TimestampType.CREATE_TIME));

        assertThat(partition.fenced()).isTrue();
    }

    @Test
    void doesNotReclaimWhatAnotherClaimedWhenItRefreshes() throws Exception {
        tend();
        ownerBefore(9);
        clock.addAndGet(REFRESH + 1);

        claim.refresh(REFRESH);
        tend();

        assertThat(partition.fenced()).isTrue();
        assertThat(stream.marker(SUBJECT, "Jetsink-Owner")).isEqualTo("other");
    }

    @Test
    void doesNotReclaimWhatAnotherClaimedDuringAnOutage() throws Exception {
        tend();
        clock.addAndGet(REFRESH + 1);
        claim.refresh(REFRESH);
        ownerBefore(9);

        claim.reconnected();
        tend();

        assertThat(partition.fenced()).isTrue();
        assertThat(stream.marker(SUBJECT, "Jetsink-Owner")).isEqualTo("other");
    }

    @Test
    void refreshesAnIdleMarkerInTime() throws Exception {
        tend();
        long written = claim.expected();
        clock.addAndGet(REFRESH);
        claim.refresh(REFRESH);
        assertThat(claim.isHeld()).isTrue();

        clock.addAndGet(1);
        claim.refresh(REFRESH);
        assertThat(claim.isHeld()).isFalse();
        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(claim.expected()).isGreaterThan(written);
    }

    @Test
    void writesAPurgedMarkerAgainAsRemembered() throws Exception {
        takeOverAt(41);
        stream.purgeMarkers();

        claim.reconcile(OffsetMarker.absent());
        assertThat(claim.isHeld()).isFalse();
        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(stream.marker(SUBJECT, "Jetsink-Offset")).isEqualTo("41");
    }

    @Test
    void withholdsWhatIsStoredUntilTheLogIsKnown() throws Exception {
        takeOverAt(41);

        assertThat(isStored(AtomicTask.record(0, 40, 1_040))).isTrue();
        assertThat(partition.bound()).isEqualTo(40);
        assertThat(isStored(AtomicTask.record(0, 41, 1_041))).isTrue();
        assertThat(partition.bound()).isEqualTo(AssignedPartition.NONE);
        assertThat(isStored(AtomicTask.record(0, 42, 12))).isFalse();
    }

    @Test
    void detectsAnotherTopicByTheTimestamp() throws Exception {
        takeOverAt(41);
        isStored(AtomicTask.record(0, 3, 1_040));

        assertThrown(UnrecoverableException.class, () -> isStored(AtomicTask.record(0, 41, 5)))
                .hasMessageContainingAll(
                        "t-0", "offset 41", "offset 3", "PATCH /connectors/<name>/offsets", "\"kafka_offset\": 3}");
        assertThat(partition.bound()).isEqualTo(3);
    }

    @Test
    void detectsAnotherTopicByTheTimestampType() throws Exception {
        takeOverAt(41);

        assertThrown(UnrecoverableException.class, () -> isStored(record(41, 1_041, TimestampType.LOG_APPEND_TIME)))
                .hasMessageContaining("offset 41");
    }

    @Test
    void detectsAnotherTopicByARecordThatWasAppendedLater() throws Exception {
        ownerBefore(41, TimestampType.LOG_APPEND_TIME);
        tend();
        assertThat(isStored(record(3, 900, TimestampType.LOG_APPEND_TIME))).isTrue();

        assertThrown(UnrecoverableException.class, () -> isStored(record(4, 3_000, TimestampType.LOG_APPEND_TIME)))
                .hasMessageContainingAll("t-0", "offset 41", "offset 4 was appended later", "\"kafka_offset\": 3}");
        assertThat(partition.bound()).isEqualTo(3);
    }

    /** The clocks of two leaders differ; producers set create times as they like; the type was changed in between. */
    @Test
    void provesNothingByTimesThatAreNotOneClocks() throws Exception {
        ownerBefore(41, TimestampType.LOG_APPEND_TIME);
        tend();

        assertThat(isStored(record(3, 2_041, TimestampType.LOG_APPEND_TIME))).isTrue();
        assertThat(isStored(record(4, 99_000, TimestampType.CREATE_TIME))).isTrue();
        assertThat(isStored(new SinkRecord("t", 0, null, null, null, null, 5))).isTrue();
        assertThat(isStored(record(41, 1_041, TimestampType.LOG_APPEND_TIME))).isTrue();
        assertThat(partition.bound()).isEqualTo(AssignedPartition.NONE);
    }

    @Test
    void provesNothingByAMarkerThatWasSetByHand() throws Exception {
        put(new OffsetMarker(0, 41, OffsetMarker.NONE, TimestampType.NO_TIMESTAMP_TYPE, "hand", ""));
        tend();

        assertThat(isStored(record(3, 9_000, TimestampType.LOG_APPEND_TIME))).isTrue();
        assertThat(isStored(record(41, 9_041, TimestampType.LOG_APPEND_TIME))).isTrue();
        assertThat(partition.bound()).isEqualTo(AssignedPartition.NONE);
    }

    @Test
    void assumesCompactionInAGap() throws Exception {
        takeOverAt(41);
        isStored(AtomicTask.record(0, 40, 1_040));

        assertThat(isStored(AtomicTask.record(0, 45, 1_045))).isFalse();
        assertThat(partition.bound()).isEqualTo(AssignedPartition.NONE);
    }

    @Test
    void assumesAFilterWhenThePositionIsBehindTheMarker() throws Exception {
        takeOverAt(41);
        isStored(AtomicTask.record(0, 40, 1_040));

        partition.position(45);
        compare();

        assertThat(partition.bound()).isEqualTo(AssignedPartition.NONE);
    }

    @Test
    void waitsForWhatIsStillToBeLookedAt() throws Exception {
        takeOverAt(41);
        isStored(AtomicTask.record(0, 39, 1_039));

        // The consumer is further, but record 40 is not settled.
        partition.position(40);
        clock.addAndGet(Duration.ofMinutes(5).toNanos());
        compare();

        assertThat(partition.bound()).isLessThanOrEqualTo(39);
    }

    @Test
    void ignoresAPositionThatIsOlderThanTheRecord() throws Exception {
        takeOverAt(41);
        // The topic was deleted and created again under the running task: the consumer begins anew.
        partition.position(42);
        isStored(AtomicTask.record(0, 0, 7));

        compare();

        assertThat(partition.bound()).isZero();
    }

    /** An outage, a paused consumer, other partitions, a leader that is away: silence proves nothing. */
    @Test
    void neverFailsBecauseNothingComes() throws Exception {
        takeOverAt(41);
        isStored(AtomicTask.record(0, 10, 7));
        partition.position(11);

        for (int i = 0; i < 24 * 60; i++) {
            clock.addAndGet(Duration.ofMinutes(1).toNanos());
            compare();
        }

        assertThat(partition.bound()).isEqualTo(10);
        assertThat(isStored(AtomicTask.record(0, 41, 1_041))).isTrue();
        assertThat(partition.bound()).isEqualTo(AssignedPartition.NONE);
    }

    @Test
    void remindsOfAReplayOnceAMinute() throws Exception {
        takeOverAt(41);
        try (Logged logged = Logged.begin()) {
            // Two records a second.
            for (int i = 0; i < 240; i++) {
                isStored(AtomicTask.record(0, 10 + i / 10, 7));
                clock.addAndGet(Duration.ofMillis(500).toNanos());
                compare();
                assertThat(logged.lines("WARN")).hasSizeLessThanOrEqualTo(1 + i / 120);
            }
            for (int i = 0; i < 60; i++) {
                clock.addAndGet(Duration.ofSeconds(1).toNanos());
                compare();
            }

            assertThat(logged.lines("INFO"))
                    .singleElement()
                    .asString()
                    .contains("t-0", "a replay begins at offset 10", "up to offset 41");
            assertThat(logged.lines("WARN")).hasSize(3);
            assertThat(logged.lines("WARN").get(0))
                    .contains("t-0: offsets 10 to 41 are withheld", " 60 records")
                    .contains("deleted and created again", "PATCH /connectors/<name>/offsets")
                    .contains("\"kafka_offset\": 10}");
        }
    }

    @Test
    void isDueForTheNextReminder() throws Exception {
        takeOverAt(41);
        assertThat(claim.dueNanos(0)).isEqualTo(Long.MAX_VALUE);

        isStored(AtomicTask.record(0, 10, 7));

        assertThat(claim.dueNanos(0)).isEqualTo(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void isDueWhileItWaitsAndForTheNextRefresh() throws Exception {
        once();
        assertThat(claim.dueNanos(REFRESH))
                .isLessThanOrEqualTo(Duration.ofMillis(50).toNanos());
        partition.admitted(0);
        tend();

        assertThat(claim.dueNanos(REFRESH)).isEqualTo(REFRESH + 1);
    }

    /** Connect calls an idle task once in a commit interval: the answer was there long before. */
    @Test
    void isHeldByAnAnswerThatWasThereLongAgo() throws Exception {
        tend();
        for (int hours = 0; hours < 12; hours++) {
            clock.addAndGet(REFRESH + 1);
            claim.refresh(REFRESH);
            once();
            clock.addAndGet(Duration.ofMinutes(1).toNanos());
            once();

            assertThat(claim.isHeld()).as("after %d refreshes", hours + 1).isTrue();
        }
    }

    @Test
    void writesNoMarkerForAPartitionThatHasNothing() throws Exception {
        begin();
        once();
        once();
        once();
        assertThat(stream.markers).isEmpty();
        assertThat(claim.isPending()).isFalse();

        partition.admitted(0);
        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(stream.markers).hasSize(1);
    }

    @Test
    void sendsTheConsumerBackToTheOffsetBehindTheMarkerOnce() throws Exception {
        beginBehind99With(150);

        compare();

        assertThat(told.lines).containsExactly("resume t-0 at 100");
        assertThat(claim.isReady()).isFalse();
        assertThat(partition.bound()).isEqualTo(100);
        try (Logged logged = Logged.begin()) {
            partition.admitted(100);
            compare();
            assertThat(claim.isReady()).isTrue();
            assertThat(partition.bound()).isEqualTo(AssignedPartition.NONE);
            assertThat(logged.lines()).isEmpty();
        }
        assertThat(told.lines).hasSize(1);
    }

    @Test
    void sendsTheConsumerBackBeforeARecordComes() throws Exception {
        begin();
        ownerBefore(99);
        tend();
        compare();
        assertThat(told.lines).as("where it is, is not known yet").isEmpty();

        partition.position(150);
        compare();

        assertThat(told.lines).containsExactly("resume t-0 at 100");
    }

    @Test
    void warnsOfAGapThatRemains() throws Exception {
        beginBehind99With(130);
        try (Logged logged = Logged.begin()) {
            partition.admitted(130);
            compare();

            assertThat(logged.lines("t-0: offsets 100 to 129 are not in the topic any more"))
                    .hasSize(1);
            assertThat(logged.lines("WARN")).hasSize(1);
        }
        assertThat(claim.isReady()).isTrue();
        assertThat(partition.bound()).isEqualTo(AssignedPartition.NONE);
        assertThat(told.lines).hasSize(1);
    }

    /** Offset 100 is gone, and "latest" skips what is there: record 130, which was delivered before, must not be lost. */
    @Test
    void goesForwardAgainToWhatWasDeliveredBefore() throws Exception {
        beginBehind99With(130);
        partition.admitted(150);
        compare();
        assertThat(told.lines).containsExactly("resume t-0 at 100", "resume t-0 at 130");
        assertThat(partition.bound()).isEqualTo(100);

        try (Logged logged = Logged.begin()) {
            partition.admitted(130);
            compare();

            assertThat(logged.lines("offsets 100 to 129 are not in the topic any more"))
                    .hasSize(1);
        }
        assertThat(claim.isReady()).isTrue();
    }

    /** The record that ends a transaction has an offset. */
    @Test
    void doesNotWarnOfOneMissingOffset() throws Exception {
        begin();
        ownerBefore(99);
        partition.admitted(101);
        try (Logged logged = Logged.begin()) {
            tend();
            compare();
            partition.admitted(101);
            compare();

            assertThat(logged.lines()).isEmpty();
        }
        assertThat(told.lines).containsExactly("resume t-0 at 100");
        assertThat(claim.isReady()).isTrue();
    }

    /** A connector that is new to the topic, or whose offsets were reset: Kafka's position decides. */
    @Test
    void leavesTheConsumerWhereItIsWithoutAnOffsetInTheMarker() throws Exception {
        begin();
        partition.admitted(150);
        tend();
        compare();

        assertThat(told.lines).isEmpty();
        assertThat(claim.isReady()).isTrue();
    }

    @Test
    void leavesTheConsumerWhereItIsAtOrBelowTheMarker() throws Exception {
        beginBehind99With(100);

        assertThat(told.lines).isEmpty();
        assertThat(claim.isReady()).isTrue();
    }

    /** Another task has written a marker with this offset, and this one claims the partition. */
    private void takeOverAt(long offset) throws Exception {
        ownerBefore(offset);
        tend();
    }

    /** The same of offset 99, in a stay that begins with a record of this one. */
    private void beginBehind99With(long offset) throws Exception {
        begin();
        partition.admitted(offset);
        takeOverAt(99);
        compare();
    }

    private void compare() {
        claim.followConsumer(told);
    }

    private boolean isStored(SinkRecord record) throws UnrecoverableException {
        return claim.records().look(record) == Publisher.Look.STORED;
    }

    private static MarkerStore markers(AtomicStream.Link link) {
        return new MarkerStore(link.connection(), link.requests(), AtomicStream.TARGET, () -> TIMEOUT);
    }

    private static SinkRecord record(long offset, long timestamp, TimestampType type) {
        return new SinkRecord("t", 0, null, null, null, null, offset, timestamp, type);
    }

    private void once() throws IOException {
        claim.advance(markers(stream.new Link()));
    }

    private void tend() throws IOException {
        for (int i = 0; i < 100 && !claim.isHeld() && !partition.fenced(); i++) {
            clock.addAndGet(Duration.ofMillis(100).toNanos());
            once();
        }
    }

    private static OffsetMarker marker(long offset, String owner, TimestampType type) {
        return new OffsetMarker(99, offset, 1_000 + offset, type, owner, "");
    }

    /** Another task's marker now stands in the stream. */
    private void ownerBefore(long offset) throws Exception {
        ownerBefore(offset, "other");
    }

    private void ownerBefore(long offset, String owner) throws Exception {
        put(marker(offset, owner, TimestampType.CREATE_TIME));
    }

    private void ownerBefore(long offset, TimestampType type) throws Exception {
        put(marker(offset, "other", type));
    }

    private void put(OffsetMarker marker) throws Exception {
        AtomicStream.Stored before = stream.markers.get(SUBJECT);
        long expected = before == null ? 0 : before.sequence();
        stream.new Link()
                .requests()
                .store(SUBJECT, marker.headers(expected, false), new byte[0])
                .get();
    }
}
