package io.jetsink.delivery;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;

/** One delivery of a record to {@code put}, as the model knows it. A redelivery is another instance. */
final class Delivery {
    /** The outcome planned for a record. It is the same for each delivery. */
    enum Fate {
        STORED,
        /** The publisher refuses it before it is sent. */
        UNSENDABLE,
        /** The server refuses the record permanently. */
        REFUSED,
        TOMBSTONE
    }

    final int id;
    final Stay stay;
    final long offset;
    final Fate fate;
    /** Whether the record is stored, reported or skipped, even if the pipeline does not know yet. */
    boolean settled;
    /** Whether that was reported to the pipeline. */
    boolean told;

    Delivery(int id, Stay stay, long offset, Fate fate) {
        this.id = id;
        this.stay = stay;
        this.offset = offset;
        this.fate = fate;
        this.settled = fate == Fate.TOMBSTONE;
        this.told = settled;
    }

    /** The record as Connect delivers it behind a transform that renames the topic. */
    SinkRecord record() {
        String name = Integer.toString(id);
        return new SinkRecord(
                "renamed",
                9,
                null,
                name,
                null,
                fate == Fate.TOMBSTONE ? null : name,
                -1,
                null,
                TimestampType.NO_TIMESTAMP_TYPE,
                null,
                stay.partition.topic(),
                stay.partition.partition(),
                offset);
    }

    boolean rejectable() {
        return fate == Fate.UNSENDABLE || fate == Fate.REFUSED;
    }

    @Override
    public String toString() {
        return stay.partition + "@" + offset + " (delivery " + id + ", " + fate + ", settled " + settled + ", told "
                + told + ")";
    }

    /** One assignment of a partition to the task. */
    static final class Stay {
        final TopicPartition partition;
        boolean closed;

        Stay(TopicPartition partition) {
            this.partition = partition;
        }
    }
}
