package io.jetsink.delivery;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;

/** What the model knows of one record handed to {@code put} once. Another hand-over is another delivery. */
final class Delivery {
    /** What the world has in store for the record. The same record has the same fate each time. */
    enum Fate {
        STORED,
        /** The publisher refuses it before it is sent. */
        UNSENDABLE,
        /** The server answers that it can never be stored. */
        REFUSED,
        TOMBSTONE
    }

    final int id;
    final Stay stay;
    final long offset;
    final Fate fate;
    /** The server has it, or the reporter got it, or it was to be skipped: what is true, whoever knows it. */
    boolean settled;
    /** The pipeline was told so. */
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

    /** One stay of a partition with the task. */
    static final class Stay {
        final TopicPartition partition;
        boolean closed;

        Stay(TopicPartition partition) {
            this.partition = partition;
        }
    }
}
