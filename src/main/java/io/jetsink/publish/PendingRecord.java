package io.jetsink.publish;

import io.jetsink.message.OutboundMessage;
import org.apache.kafka.connect.sink.SinkRecord;

/** What a publisher is given: the message and where it comes from. Valid until its position is settled. */
public interface PendingRecord {
    OutboundMessage message();

    /** The record as Connect delivered it; its original coordinates are those that count. */
    SinkRecord record();

    /** The stay of the record's partition with this task. */
    AssignedPartition partition();
}
