package io.jetsink.translate;

import io.jetsink.message.Coordinates;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs that headers were left out because of their names. The names are content of records and are not logged. */
final class DroppedHeaderWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(DroppedHeaderWarnings.class);

    private final String connector;
    private long lastLogged;

    DroppedHeaderWarnings(String connector) {
        this.connector = connector;
    }

    /**
     * Logs a WARN when the count reaches 1, 2, 4, 8 and so on.
     *
     * @param count the number of headers left out so far
     * @param record the record that was translated last
     */
    void warn(long count, SinkRecord record) {
        if (Long.highestOneBit(count) > lastLogged) {
            lastLogged = Long.highestOneBit(count);
            LOG.warn(
                    "{}: {} headers were left out so far, most recently at {}, because their names are reserved by NATS"
                            + " (Nats-*, Status, Description, KV-Operation) or empty: exclude them with headers.exclude"
                            + " or a transform",
                    connector,
                    count,
                    Coordinates.of(record));
        }
    }
}
