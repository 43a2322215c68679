package io.jetsink.publish;

import io.jetsink.message.OutboundMessage;
import org.apache.kafka.connect.sink.SinkRecord;

/** A record that waits for its outcome, with its message. Valid until its position is settled. */
public interface PendingRecord {
    OutboundMessage message();

    /** The record as Connect delivered it. Its original coordinates identify it. */
    SinkRecord record();

    /** The assignment of the record's partition to this task. */
    AssignedPartition partition();
}
