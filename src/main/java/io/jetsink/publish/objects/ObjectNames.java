package io.jetsink.publish.objects;

import io.jetsink.message.PercentEncoding;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Names of objects: {@code <connector>/<topic>/<partition>/<offset>}. A record that is delivered again has the same name.
 *
 * @param bucket name of the object store
 * @param connector name of the connector
 */
record ObjectNames(String bucket, String connector) {
    private static final char ESCAPE = '%';

    /** Returns a name of ASCII characters. */
    String of(SinkRecord record) {
        return PercentEncoding.of(connector, ESCAPE) + "/" + PercentEncoding.of(record.originalTopic(), ESCAPE) + "/"
                + record.originalKafkaPartition() + "/" + record.originalKafkaOffset();
    }
}
