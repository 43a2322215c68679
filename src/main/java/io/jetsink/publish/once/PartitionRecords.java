package io.jetsink.publish.once;

import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.UnrecoverableException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The records of a claimed partition: which of them are in the stream, in a batch, or rejected. */
final class PartitionRecords {
    private final Supplier<OffsetMarker> marker;
    private final SameTopicCheck topic;
    private final StartingPoint start;

    /** The last record that was rejected and reported, while the marker does not include it. */
    private @Nullable SinkRecord rejected;

    /** The highest offset that was added to a batch. */
    private long highestReserved = OffsetMarker.NONE;

    /** @param marker supplies the marker that the claim knows */
    PartitionRecords(AssignedPartition partition, LongSupplier clock, Supplier<OffsetMarker> marker) {
        this.marker = marker;
        this.topic = new SameTopicCheck(partition, clock);
        this.start = new StartingPoint(partition);
    }

    /** Returns whether the consumer has the right position, so that records may be published. */
    boolean areReady() {
        return start.isKnown();
    }

    /**
     * Decides whether a record is to be published or is in the stream.
     *
     * @throws UnrecoverableException if the record proves that the marker belongs to another topic
     */
    Publisher.Look look(SinkRecord record) throws UnrecoverableException {
        return topic.look(record, marker.get());
    }

    void reserve(long offset) {
        highestReserved = Math.max(highestReserved, offset);
    }

    /** Notes that records that are in batches and not stored will be published again. */
    void forgetReserved() {
        highestReserved = OffsetMarker.NONE;
    }

    /** Returns whether the record at this offset is in a batch whose outcome is not known. */
    boolean isReserved(long offset) {
        return offset <= highestReserved && offset > marker.get().offset();
    }

    /** Notes that this record was rejected and reported, and that everything before it is settled. */
    void rejected(SinkRecord record) {
        rejected = record;
    }

    /** Returns the last rejected record if the marker does not include it, and no batch will move the marker further. */
    @Nullable
    SinkRecord uncovered() {
        SinkRecord record = rejected;
        if (record == null || record.originalKafkaOffset() <= marker.get().offset()) {
            rejected = null;
            return null;
        }
        return highestReserved <= marker.get().offset() ? record : null;
    }

    /** Compares the consumer's position with the marker. */
    void followConsumer(boolean held, Publisher.Outcomes outcomes) {
        if (held) {
            start.compare(marker.get(), outcomes);
        }
        topic.followConsumer(marker.get());
    }

    /** Returns the nanoseconds until {@link #followConsumer} is due. */
    long dueNanos() {
        return topic.dueNanos();
    }
}
