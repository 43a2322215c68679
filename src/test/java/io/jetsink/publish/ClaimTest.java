package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.publish.AtomicStream.Fault;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimTest {
    private static final String SUBJECT = "m.c.t.0";
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final long REFRESH = Duration.ofMinutes(10).toNanos();

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final AtomicStream stream = new AtomicStream();
    private Partition partition;
    private Claim claim;

    @BeforeEach
    void open() {
        partition = new Partition(new TopicPartition("t", 0));
        claim = new Claim(partition, SUBJECT, clock::get);
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
    void takesOverTheOffsetOfTheOwnerBefore() throws Exception {
        ownerBefore(41);

        tend();

        assertThat(stream.marker(SUBJECT, "Jetsink-Offset")).isEqualTo("41");
        assertThat(stream.marker(SUBJECT, "Jetsink-Timestamp")).isEqualTo("1041");
        assertThat(stream.marker(SUBJECT, "Jetsink-Owner")).isEqualTo(claim.owner());
        assertThat(claim.isStored(AtomicTask.record(0, 41, 1_041))).isTrue();
        assertThat(claim.isStored(AtomicTask.record(0, 42, 1_042))).isFalse();
    }

    @Test
    void readsAgainWhenAnotherWroteInBetween() throws Exception {
        once();
        ownerBefore(7);

        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(claim.isStored(AtomicTask.record(0, 7, 1_007))).isTrue();
        assertThat(partition.fenced()).isFalse();
    }

    @Test
    void letsAnotherWhoClaimsAtTheSameTimeGoFirst() throws Exception {
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
    void waitsWhenItHasBeenAwayWhileItClaims() throws Exception {
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
    void tellsWhenItFailsAgainAndAgain() {
        stream.readsFail = true;

        assertThatThrownBy(this::tend)
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(DefiniteException.class)
                .hasMessageContaining(SUBJECT)
                .hasMessageContaining("no answer");
    }

    @Test
    void bearsAConnectionThatIsClosed() throws Exception {
        AtomicStream.Link link = stream.new Link();
        link.closed = true;

        claim.tend(link.connection(), link.requests(), "get", TIMEOUT, false);

        assertThat(claim.isHeld()).isFalse();
    }

    @Test
    void refusesAMessageThatIsNoMarker() {
        stream.markers.put(SUBJECT, new AtomicStream.Stored(1, SUBJECT, new Headers().put("Foo", "bar"), new byte[0]));

        assertThatThrownBy(this::tend)
                .isInstanceOf(DefiniteException.class)
                .hasMessageContaining(SUBJECT)
                .hasMessageContaining("exactly.once.marker.prefix");
    }

    @Test
    void isFencedByAnotherOwnersMarker() throws Exception {
        tend();

        claim.found(marker(5, "other"));

        assertThat(partition.fenced()).isTrue();
    }

    @Test
    void doesNotTakeBackWhatAnotherClaimedWhenItRefreshes() throws Exception {
        tend();
        ownerBefore(9);
        clock.addAndGet(REFRESH + 1);

        claim.refresh(REFRESH);
        tend();

        assertThat(partition.fenced()).isTrue();
        assertThat(stream.marker(SUBJECT, "Jetsink-Owner")).isEqualTo("other");
    }

    @Test
    void doesNotTakeBackWhatAnotherClaimedWhileTheLinkWasDown() throws Exception {
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
        ownerBefore(41);
        tend();
        stream.purgeMarkers();

        claim.found(Marker.absent());
        assertThat(claim.isHeld()).isFalse();
        tend();

        assertThat(claim.isHeld()).isTrue();
        assertThat(stream.marker(SUBJECT, "Jetsink-Offset")).isEqualTo("41");
    }

    @Test
    void withholdsWhatIsStoredUntilTheLogIsKnown() throws Exception {
        ownerBefore(41);
        tend();

        assertThat(claim.isStored(AtomicTask.record(0, 40, 1_040))).isTrue();
        assertThat(partition.bound()).isEqualTo(40);
        assertThat(claim.isStored(AtomicTask.record(0, 41, 1_041))).isTrue();
        assertThat(partition.bound()).isEqualTo(Partition.NONE);
        assertThat(claim.isStored(AtomicTask.record(0, 42, 12))).isFalse();
    }

    @Test
    void tellsAnotherLogByTheTimestamp() throws Exception {
        ownerBefore(41);
        tend();
        claim.isStored(AtomicTask.record(0, 3, 1_040));

        assertThatThrownBy(() -> claim.isStored(AtomicTask.record(0, 41, 5)))
                .isInstanceOf(DefiniteException.class)
                .hasMessageContaining("t-0")
                .hasMessageContaining("offset 41")
                .hasMessageContaining("offset 3")
                .hasMessageContaining("PATCH /connectors/<name>/offsets");
        assertThat(partition.bound()).isEqualTo(3);
    }

    @Test
    void takesAGapForCompaction() throws Exception {
        ownerBefore(41);
        tend();
        claim.isStored(AtomicTask.record(0, 40, 1_040));

        assertThat(claim.isStored(AtomicTask.record(0, 45, 1_045))).isFalse();
        assertThat(partition.bound()).isEqualTo(Partition.NONE);
    }

    @Test
    void takesAPositionBehindTheMarkerForAFilter() throws Exception {
        ownerBefore(41);
        tend();
        claim.isStored(AtomicTask.record(0, 40, 1_040));

        partition.consumed(45);
        claim.checkLog();

        assertThat(partition.bound()).isEqualTo(Partition.NONE);
    }

    @Test
    void waitsForWhatIsStillToBeLookedAt() throws Exception {
        ownerBefore(41);
        tend();
        claim.isStored(AtomicTask.record(0, 39, 1_039));

        // The consumer is further, but record 40 has not come here yet.
        partition.unsettled(40);
        partition.consumed(45);
        claim.checkLog();

        assertThat(partition.bound()).isLessThanOrEqualTo(39);
    }

    @Test
    void doesNotBelieveAPositionThatIsOlderThanTheRecord() throws Exception {
        ownerBefore(41);
        tend();
        // The topic was deleted and created again under the running task: the consumer begins anew.
        partition.consumed(42);
        claim.isStored(AtomicTask.record(0, 0, 7));

        claim.checkLog();

        assertThat(partition.bound()).isZero();
    }

    @Test
    void failsWhenTheLogEndsBeforeTheMarker() throws Exception {
        ownerBefore(41);
        tend();
        claim.isStored(AtomicTask.record(0, 10, 7));
        partition.consumed(11);
        clock.addAndGet(Duration.ofSeconds(30).toNanos());
        claim.checkLog();

        clock.addAndGet(1);

        assertThatThrownBy(claim::checkLog)
                .isInstanceOf(DefiniteException.class)
                .hasMessageContaining("offset 41")
                .hasMessageContaining("the topic ends before");
    }

    @Test
    void doesNotFailWhileRecordsComeOrConnectHasNotToldThePosition() throws Exception {
        ownerBefore(41);
        tend();
        for (int offset = 10; offset < 20; offset++) {
            claim.isStored(AtomicTask.record(0, offset, 7));
            partition.consumed(offset + 1);
            clock.addAndGet(Duration.ofSeconds(20).toNanos());
            claim.checkLog();
        }
        claim.isStored(AtomicTask.record(0, 20, 7));
        clock.addAndGet(Duration.ofMinutes(1).toNanos());

        claim.checkLog();

        assertThat(partition.bound()).isEqualTo(10);
    }

    private void once() throws IOException {
        AtomicStream.Link link = stream.new Link();
        claim.tend(link.connection(), link.requests(), "get", TIMEOUT, false);
    }

    private void tend() throws IOException {
        for (int i = 0; i < 100 && !claim.isHeld() && !partition.fenced(); i++) {
            clock.addAndGet(Duration.ofMillis(100).toNanos());
            once();
        }
    }

    private static Marker marker(long offset, String owner) {
        return new Marker(99, offset, 1_000 + offset, TimestampType.CREATE_TIME, owner, "");
    }

    /** Another task's marker now stands in the stream. */
    private void ownerBefore(long offset) throws Exception {
        ownerBefore(offset, "other");
    }

    private void ownerBefore(long offset, String owner) throws Exception {
        long expected = stream.markers.containsKey(SUBJECT)
                ? stream.markers.get(SUBJECT).sequence()
                : 0;
        stream.new Link()
                .requests()
                .store(SUBJECT, marker(offset, owner).headers(expected, false), new byte[0])
                .get();
    }
}
