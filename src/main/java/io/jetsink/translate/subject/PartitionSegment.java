package io.jetsink.translate.subject;

import org.apache.kafka.connect.sink.SinkRecord;

/** The partition of the record. Its default is never used, because each record has a partition. */
record PartitionSegment(Variable variable) implements Segment.OfVariable {
    @Override
    public void appendTo(SubjectBuffer subject, SinkRecord record) {
        subject.number(variable.name(), record.kafkaPartition());
    }

    @Override
    public boolean isFixedPerPartition() {
        return true;
    }

    @Override
    public String filter() {
        return "*";
    }
}
