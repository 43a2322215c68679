package io.jetsink.message;

import org.apache.kafka.connect.sink.SinkRecord;

/** The coordinates of a record in Kafka, as log lines and errors show them. */
public final class Coordinates {
    private Coordinates() {}

    /** Returns {@code topic-partition@offset}, as it was before any transform. */
    public static String of(SinkRecord record) {
        return record.originalTopic() + "-" + record.originalKafkaPartition() + "@" + record.originalKafkaOffset();
    }
}
