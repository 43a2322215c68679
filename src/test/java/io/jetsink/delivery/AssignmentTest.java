package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.delivery.PipelineFixture.P1;
import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.jetsink.publish.AssignedPartition;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    private final ManualClock clock = new ManualClock();
    private final Assignment assignment = new Assignment("orders-0", clock);
    private AssignedPartition partition;

    @BeforeEach
    void open() {
        assignment.open(P0);
        assignment.open(P1);
        partition = assignment.of(PipelineFixture.record(P0, 0, "a"));
    }

    @Test
    void commitsTheConsumersOffsetWhenEverythingIsSettled() {
        assertThat(committable(45, Map.of())).isEqualTo(45);
        assertThat(partition.isPast(44)).isTrue();
    }

    @Test
    void commitsTheLowestUnsettledOffset() {
        assertThat(committable(45, Map.of(partition, 40L))).isEqualTo(40);

        assertThat(partition.isPast(39)).isTrue();
        assertThat(partition.isPast(40)).as("the record at 40 is unsettled").isFalse();
    }

    @Test
    void commitsNothingFromAWithheldOffsetOn() {
        partition.hold(30);
        partition.hold(31);
        assertThat(committable(45, Map.of(partition, 40L))).isEqualTo(30);

        partition.release();
        assertThat(committable(45, Map.of(partition, 40L))).isEqualTo(40);
    }

    @Test
    void commitsNothingForAFencedPartition() {
        partition.fence();

        assertThat(assignment.committable(
                        Map.of(P0, new OffsetAndMetadata(45), P1, new OffsetAndMetadata(7)), Map.of(partition, 40L)))
                .containsExactly(Map.entry(P1, new OffsetAndMetadata(7)));
    }

    /** Connect may request the offset of a partition that it has closed. */
    @Test
    void leavesTheOffsetOfAClosedPartitionToConnect() {
        assignment.close(P0);

        assertThat(committable(45, Map.of(partition, 40L))).isEqualTo(45);
    }

    @Test
    void failsTheTaskWhenAPartitionIsFencedForMoreThanAMinute() {
        assignment.throwIfFencedTooLong();
        clock.advance(Duration.ofHours(1));
        partition.fence();
        assignment.throwIfFencedTooLong();
        clock.advance(Duration.ofSeconds(60));
        assignment.throwIfFencedTooLong();
        clock.advance(1);

        assertThrown(ConnectException.class, assignment::throwIfFencedTooLong)
                .hasMessageContainingAll("orders-0 is fenced", "60 s", "exactly.once.marker.prefix");
    }

    @Test
    void doesNotFailForAFencedPartitionThatIsTakenAwayInTime() {
        partition.fence();
        assignment.throwIfFencedTooLong();
        clock.advance(Duration.ofSeconds(60));
        assignment.throwIfFencedTooLong();
        assertThat(assignment.fenced()).isEqualTo(1);
        assignment.close(P0);
        assignment.open(P0);
        clock.advance(Duration.ofSeconds(60));

        assertThatCode(assignment::throwIfFencedTooLong).doesNotThrowAnyException();
        assertThat(assignment.fenced()).isZero();
        assertThat(assignment.fencings()).isEqualTo(1);
    }

    private long committable(long consumed, Map<AssignedPartition, Long> lowestUnsettled) {
        return assignment
                .committable(Map.of(P0, new OffsetAndMetadata(consumed)), lowestUnsettled)
                .get(P0)
                .offset();
    }
}
