package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.delivery.PipelineFixture.P1;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.MetricsSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.publish.AssignedPartition;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InFlightRingTest {
    private static final int BYTES = 10;
    private static final RejectedRecordException WHY = new RejectedRecordException(ErrorCode.NO_SUBJECT, "why");

    private final InFlightRing ring = new InFlightRing(new TaskMetrics(new MetricsSettings(true, false)).acks());
    private final AssignedPartition partition = new AssignedPartition("task-0", P0);

    @Test
    void isEmptyAtFirst() {
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.unsent()).isZero();
        assertThat(ring.inFlight()).isZero();
        assertThat(ring.advance()).isFalse();
        assertThat(ring.rejectedHead()).isNull();
    }

    @Test
    void movesEachCursorUpToTheNext() {
        admit(5);
        publish(3);
        ring.ack(0);
        ring.advance();

        assertThat(ring.settled()).isEqualTo(1);
        assertThat(ring.published()).isEqualTo(3);
        assertThat(ring.inFlight()).isEqualTo(2);
        assertThat(ring.unsent()).isEqualTo(2);
        assertThat(ring.bytesInFlight()).isEqualTo(2 * BYTES);
    }

    @Test
    void settlesOutOfOrderAndAdvancesInOrder() {
        send(3);

        ring.ack(2);
        ring.ack(1);
        assertThat(ring.advance()).isFalse();

        ring.ack(0);
        assertThat(ring.advance()).isTrue();
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.bytesInFlight()).isZero();
    }

    @Test
    void settlesEachPositionOnce() {
        send(2);

        ring.ack(0);
        ring.ack(0);

        assertThat(ring.bytesInFlight()).isEqualTo(BYTES);
    }

    @Test
    void knowsWhatWasSentBefore() {
        admit(5);
        publish(3);
        ring.ack(0);
        ring.advance();
        assertThat(ring.mayHaveBeenSent(1)).isFalse();

        ring.rewind(ring.settled());
        publish(1);
        ring.rewind(ring.settled());
        publish(4);

        assertThat(ring.mayHaveBeenSent(2)).isTrue();
        assertThat(ring.mayHaveBeenSent(3)).isFalse();
        assertThat(ring.unsettled(0)).isNull();
        assertThat(ring.unsettled(4)).isNotNull();
        assertThat(ring.unsettled(5)).as("not admitted").isNull();
        ring.ack(4);
        assertThat(ring.unsettled(4)).isNull();
    }

    @Test
    void settlesThroughAPosition() {
        admit(4);
        publish(3);

        ring.ackThrough(1);
        ring.advance();
        assertThat(ring.settled()).isEqualTo(2);

        ring.ackThrough(99);
        ring.advance();
        assertThat(ring.settled()).as("the fourth was not sent").isEqualTo(3);
    }

    @Test
    void ignoresUnknownPositions() {
        admit(2);
        publish(1);
        ring.ack(0);
        ring.advance();

        ring.ack(0);
        ring.ack(1);
        ring.ack(7);
        ring.ackThrough(0);
        ring.reject(0, WHY);
        ring.reject(2, WHY);

        assertThat(ring.advance()).isFalse();
        assertThat(ring.unsent()).isEqualTo(1);
        assertThat(ring.next().rejection()).isNull();
    }

    @Test
    void keepsARejectedRecordUntilItIsSettled() {
        send(2);
        ring.reject(0, WHY);
        ring.ackThrough(1);

        assertThat(ring.advance()).isFalse();
        assertThat(ring.bytesInFlight()).isZero();
        Slot head = ring.rejectedHead();
        assertThat(head).isNotNull();
        assertThat(head.rejection()).isSameAs(WHY);
        assertThat(head.record().originalKafkaOffset()).isZero();

        ring.ack(0);
        assertThat(ring.advance()).isTrue();
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void rejectsWhatIsAboutToBeSent() {
        admit(1);

        ring.reject(0, WHY);

        assertThat(ring.rejectedHead()).isNotNull();
    }

    @Test
    void rejectsNothingThatIsSettled() {
        send(2);
        ring.ack(1);
        ring.reject(1, WHY);
        ring.ack(0);

        assertThat(ring.advance()).isTrue();
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void showsNoRejectedRecordBehindTheHead() {
        send(2);

        ring.reject(1, WHY);

        assertThat(ring.rejectedHead()).isNull();
    }

    @Test
    void dropsTheRejectedRecordsOfClosedPartitions() {
        send(1);
        ring.reject(0, WHY);
        partition.close();

        assertThat(ring.advance()).isTrue();
        assertThat(ring.isEmpty()).isTrue();
    }

    @Test
    void keepsWhatIsSettledThroughANewEpoch() {
        send(3);
        ring.ack(1);

        ring.rewind(ring.settled());

        assertThat(ring.published()).isZero();
        assertThat(ring.bytesInFlight()).isZero();
        assertThat(ring.next().isSettled()).isFalse();
        publish(1);
        assertThat(ring.next().isSettled()).isTrue();
        ring.abandonNext();
        assertThat(ring.next().isSettled()).isFalse();
        ring.ack(0);
        ring.advance();
        assertThat(ring.settled()).isEqualTo(2);
    }

    @Test
    void sendsAgainFromTheMiddleOn() {
        send(4);
        ring.ack(3);

        ring.rewind(2);

        assertThat(ring.published()).isEqualTo(2);
        assertThat(ring.inFlight()).isEqualTo(2);
        publish(1);
        assertThat(ring.next().isSettled()).isTrue();
        ring.abandonNext();
        ring.ackThrough(3);
        ring.advance();
        assertThat(ring.isEmpty()).isTrue();
        assertThat(ring.bytesInFlight()).isZero();
    }

    @Test
    void countsBytesAnewInANewEpoch() {
        send(2);
        ring.rewind(ring.settled());
        publish(1);
        ring.ack(0);

        assertThat(ring.bytesInFlight()).isZero();
    }

    @Test
    void growsWithoutLosingWhatItHolds() {
        send(1000);
        ring.ackThrough(899);
        ring.advance();
        send(5000);

        ring.ackThrough(5998);
        ring.advance();

        assertThat(ring.settled()).isEqualTo(5999);
        assertThat(ring.lowestUnsettled()).containsExactly(Map.entry(partition, 4999L));
        assertThat(ring.bytesInFlight()).isEqualTo(BYTES);
    }

    @Test
    void returnsTheLowestUnsettledOffsetOfEachPartition() {
        AssignedPartition other = new AssignedPartition("task-0", P1);
        ring.admit(partition, PipelineFixture.record(P0, 7, "a"), 0);
        ring.admit(partition, PipelineFixture.record(P0, 8, "b"), 0);
        ring.admit(other, PipelineFixture.record(P1, 40, "c"), 0);
        ring.admit(other, PipelineFixture.record(P1, 39, "d"), 0);
        publish(2);
        ring.ack(0);

        assertThat(ring.lowestUnsettled()).containsOnly(Map.entry(partition, 8L), Map.entry(other, 39L));
    }

    private void send(int records) {
        admit(records);
        publish(records);
    }

    private void admit(int records) {
        for (int i = 0; i < records; i++) {
            ring.admit(partition, PipelineFixture.record(P0, i, "v"), 0);
        }
    }

    private void publish(int messages) {
        for (int i = 0; i < messages; i++) {
            ring.markPublished(BYTES, 0);
        }
    }
}
