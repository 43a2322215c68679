package io.jetsink.delivery;

import io.jetsink.message.Coordinates;
import io.jetsink.publish.AssignedPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that the stream took, at their first sending by this task, for one that it has: by their ids, and nothing of them
 * was stored. That is the replay after a crash of a worker; or ids repeat, and records are lost that nobody would miss.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class DuplicateWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(DuplicateWarnings.class);

    private long count;

    /** How many of all partitions. */
    long count() {
        return count;
    }

    void tell(AssignedPartition partition, SinkRecord record) {
        count++;
        long here = partition.duplicate();
        if (Long.bitCount(here) == 1) { // 1, 2, 4, 8, …: told, but never a line per record
            LOG.warn(
                    "{}: the stream has a message of this id already, so nothing was stored ({} of this partition so far)."
                            + " After a crash of a worker, or a reset of offsets, these are the records that were stored"
                            + " before. Otherwise ids repeat and records are lost: change message.id.prefix, or what"
                            + " message.id takes",
                    Coordinates.of(record),
                    here);
        }
    }
}
