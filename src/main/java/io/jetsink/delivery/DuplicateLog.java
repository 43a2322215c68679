package io.jetsink.delivery;

import io.jetsink.message.Coordinates;
import io.jetsink.message.ErrorCode;
import io.jetsink.publish.AssignedPartition;
import java.util.Map;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of duplicates that the task had not sent before. Either records are replayed after a crash of a worker, or ids repeat,
 * and records are lost unnoticed. Confined to the task thread.
 */
final class DuplicateLog {
    private static final Logger LOG = LoggerFactory.getLogger(DuplicateLog.class);

    private final String name;
    /** Number of such duplicates of each partition. */
    private final Map<AssignedPartition, Long> counts = new WeakHashMap<>();

    /** @param name of the task */
    DuplicateLog(String name) {
        this.name = name;
    }

    void warn(Slot slot) {
        long count = counts.merge(slot.partition(), 1L, Long::sum);
        if (Long.bitCount(count) == 1) { // 1, 2, 4, 8, …: never a line for each record
            LOG.warn(
                    "{} {}: {}: the stream already has a message with this id, so nothing was stored ({} of this partition so"
                            + " far). After a crash of a worker or a reset of offsets the record was stored before."
                            + " Otherwise ids repeat and records are lost: change message.id.prefix or message.id",
                    ErrorCode.DUPLICATE_ID,
                    name,
                    Coordinates.of(slot.record()),
                    count);
        }
    }
}
