package io.jetsink.message;

import org.apache.kafka.connect.sink.SinkRecord;

/** Where a record came from, as messages say it. */
public final class Coordinates {
    private Coordinates() {}

    /** {@code topic-partition@offset} in Kafka, whatever transforms made of it. */
    public static String of(SinkRecord record) {
        return record.originalTopic() + "-" + record.originalKafkaPartition() + "@" + record.originalKafkaOffset();
    }
}
