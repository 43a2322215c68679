package io.jetsink.support.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class StreamTallyTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final StreamTally tally = new StreamTally();
    private long streamSequence;

    @Test
    void findsNothingWrongWithCompleteInterleavedPartitions() {
        store(0, 0);
        store(1, 0);
        store(0, 1);
        store(1, 1);

        StreamReport report = tally.report(List.of(2L, 2L));

        assertThat(report.clean()).isTrue();
        assertThat(report.delivered()).isEqualTo(4);
        assertThat(report.total()).isEqualTo(4);
        assertThatCode(report::assertClean).doesNotThrowAnyException();
    }

    @Test
    void catchesALostRecordInTheMiddle() {
        store(0, 0);
        store(0, 2);

        StreamReport report = tally.report(List.of(3L));

        assertThat(report.partitions())
                .containsExactly(new StreamReport.Partition(0, 3, 1, 1, 0, StreamReport.NONE, 0, StreamReport.NONE));
        assertThatThrownBy(report::assertClean).isInstanceOf(AssertionError.class);
        assertThatThrownBy(report::assertOrderedAtLeastOnce)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("partition 0: 2 of 3 stored, 1 lost from number 1");
    }

    @Test
    void catchesALostTailAndAnEmptyPartition() {
        store(0, 0);

        StreamReport report = tally.report(List.of(2L, 3L));

        assertThat(report.lost()).isEqualTo(4);
        assertThat(report.partitions())
                .extracting(StreamReport.Partition::firstLost)
                .containsExactly(1L, 0L);
    }

    @Test
    void catchesADuplicateAndStillCallsItAtLeastOnce() {
        store(0, 0);
        store(0, 1);
        store(0, 0);
        store(0, 1);
        store(0, 2);

        StreamReport report = tally.report(List.of(3L));

        assertThat(report.duplicated()).isEqualTo(2);
        assertThat(report.partitions().get(0).firstDuplicate()).isEqualTo(3);
        assertThat(report.outOfOrder()).isZero();
        assertThatThrownBy(report::assertClean).hasMessageContaining("2 duplicated from stream sequence 3");
        assertThatCode(report::assertOrderedAtLeastOnce).doesNotThrowAnyException();
    }

    @Test
    void catchesFirstCopiesThatAreOutOfOrder() {
        store(0, 0);
        store(0, 2);
        store(0, 1);

        StreamReport report = tally.report(List.of(3L));

        assertThat(report.outOfOrder()).isEqualTo(1);
        assertThat(report.partitions().get(0).firstOutOfOrder()).isEqualTo(3);
        assertThat(report.lost()).isZero();
        assertThatThrownBy(report::assertOrderedAtLeastOnce).hasMessageContaining("1 out of order");
    }

    @Test
    void catchesMessagesThatNobodyProduced() {
        store(0, 0);
        tally.addForeign(2);
        streamSequence = 2;
        store(0, 1);
        store(7, 0);

        StreamReport report = tally.report(List.of(1L));

        assertThat(report.foreign()).isEqualTo(3);
        assertThat(report.firstForeign()).isEqualTo(2);
        assertThat(report.delivered()).isEqualTo(1);
        assertThat(report.total()).isEqualTo(4);
        assertThatThrownBy(report::assertClean).hasMessageContaining("3 foreign from stream sequence 2");
    }

    @Test
    void tellsWhatWasStoredBeforeAnInstant() {
        tally.add(new StreamEntry(0, 0, 1, NOON.minusMillis(1)));
        tally.add(new StreamEntry(0, 1, 2, NOON));

        assertThat(tally.storedBefore(NOON))
                .extracting(StreamEntry::streamSequence)
                .containsExactly(1L);
    }

    private void store(int partition, long sequence) {
        tally.add(new StreamEntry(partition, sequence, ++streamSequence, NOON));
    }
}
