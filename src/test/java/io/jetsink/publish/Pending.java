package io.jetsink.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.message.OutboundMessage;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;

/** A record as the pipeline hands it to a publisher. */
public record Pending(AssignedPartition partition, SinkRecord record, OutboundMessage message)
        implements PendingRecord {
    /** Without the record itself, for publishers that are not to look at it. */
    public static Pending of(OutboundMessage message, AssignedPartition partition) {
        return new Pending(partition, null, message);
    }

    public static Pending of(String subject, String payload) {
        return of(
                new OutboundMessage(subject, null, payload.getBytes(UTF_8)),
                new AssignedPartition("task-0", new TopicPartition("orders", 0)));
    }
}
