package io.jetsink.translate;

import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of headers that were left out because of their names. Not of the names, which are content of records. */
final class DroppedHeaderWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(DroppedHeaderWarnings.class);

    private final String connector;
    private long told;

    DroppedHeaderWarnings(String connector) {
        this.connector = connector;
    }

    /** @param count of all so far, the latest of them those of this record */
    void tell(long count, SinkRecord record) {
        // At 1, 2, 4, 8, … or the first count beyond: told, but never a line per header.
        if (Long.highestOneBit(count) > told) {
            told = Long.highestOneBit(count);
            LOG.warn(
                    "{}: {} headers were left out so far, because their names are commands to NATS (Nats-*, Status,"
                            + " Description, KV-Operation) or empty; the latest at {}-{}@{}",
                    connector,
                    count,
                    record.originalTopic(),
                    record.originalKafkaPartition(),
                    record.originalKafkaOffset());
        }
    }
}
