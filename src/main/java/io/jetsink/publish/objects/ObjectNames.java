package io.jetsink.publish.objects;

import io.jetsink.message.PercentEncoding;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * What the object of a record is called: {@code <connector>/<topic>/<partition>/<offset>}, by where the record is in Kafka, so
 * that it has the same name whenever it comes.
 *
 * @param bucket the object store's
 * @param connector its name
 */
record ObjectNames(String bucket, String connector) {
    private static final char ESCAPE = '%';

    /** Of ASCII. */
    String of(SinkRecord record) {
        return PercentEncoding.of(connector, ESCAPE) + "/" + PercentEncoding.of(record.originalTopic(), ESCAPE) + "/"
                + record.originalKafkaPartition() + "/" + record.originalKafkaOffset();
    }
}
