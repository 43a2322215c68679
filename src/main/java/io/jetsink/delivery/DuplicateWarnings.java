package io.jetsink.delivery;

import io.jetsink.message.Coordinates;
import io.jetsink.publish.AssignedPartition;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs records that the stream dropped as duplicates although this task had not sent them before. Either they are replayed
 * after a crash of a worker, or ids repeat, and records are lost without anyone noticing. Confined to the task thread.
 */
final class DuplicateWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(DuplicateWarnings.class);

    private final Map<AssignedPartition, Long> counts = new WeakHashMap<>();

    void warn(AssignedPartition partition, SinkRecord record) {
        long count = counts.merge(partition, 1L, Long::sum);
        if (Long.bitCount(count) == 1) { // 1, 2, 4, 8, …: never a line for each record
            LOG.warn(
                    "{}: the stream already has a message with this id, so nothing was stored ({} of this partition so"
                            + " far). After a crash of a worker or a reset of offsets the record was stored before."
                            + " Otherwise ids repeat and records are lost: change message.id.prefix or message.id",
                    Coordinates.of(record),
                    count);
        }
    }
}
