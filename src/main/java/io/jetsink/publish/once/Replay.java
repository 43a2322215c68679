package io.jetsink.publish.once;

import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.UnrecoverableException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records of one partition that the stream holds already, by its marker. Their offsets are withheld from commits until it is
 * certain that marker and records belong to the same log: a topic that was deleted and created again has other records at
 * the same offsets. Only a record proves another log. Silence proves nothing: an outage, a paused consumer or other
 * partitions may interrupt a replay for any length of time.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class Replay {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);
    private static final long FIRST_WARNING_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long WARNING_NANOS = Duration.ofSeconds(60).toNanos();
    /**
     * Append times are the clocks of a partition's leaders, which may differ. A log that was created later passes this
     * difference with its next records.
     */
    private static final long CLOCK_SKEW_MILLIS = 1_000;

    private final AssignedPartition partition;
    private final LongSupplier clock;

    /** The lowest withheld offset, or {@link AssignedPartition#NONE} outside of a replay. */
    private long from = AssignedPartition.NONE;

    private long records;
    private long began;
    private long warnAt;
    private boolean warned;

    /** @param clock nanoseconds that only go forward */
    Replay(AssignedPartition partition, LongSupplier clock) {
        this.partition = partition;
        this.clock = clock;
    }

    /**
     * Withholds a record at or below the marker's offset.
     *
     * @throws UnrecoverableException if the record proves that the marker belongs to another log
     */
    void withhold(SinkRecord record, OffsetMarker marker) throws UnrecoverableException {
        long offset = record.originalKafkaOffset();
        if (from == AssignedPartition.NONE) {
            begin(offset, marker);
        }
        from = Math.min(from, offset);
        records++;
        partition.forgetPosition();
        partition.hold(offset);
        String other = proof(record, marker);
        if (other != null) {
            throw new UnrecoverableException(partition.id() + ": the stream holds this partition up to offset "
                    + marker.offset() + ", the consumer is at offset " + from + ", and " + other
                    + ". Was the topic deleted and created again? Then " + cure());
        }
        if (offset == marker.offset()) {
            end();
        }
    }

    private void begin(long offset, OffsetMarker marker) {
        records = 0;
        began = clock.getAsLong();
        warnAt = began + FIRST_WARNING_NANOS;
        warned = false;
        LOG.info(
                "{}: a replay begins at offset {}: the stream holds this partition up to offset {}. Records up to there are"
                        + " not published again",
                partition.id(),
                offset,
                marker.offset());
    }

    /** Why the record cannot be one of the log that the marker is about; null if it can. */
    private static @Nullable String proof(SinkRecord record, OffsetMarker marker) {
        if (marker.timestamp() == OffsetMarker.NONE) {
            return null;
        }
        Long timestamp = record.timestamp();
        if (record.originalKafkaOffset() == marker.offset()) {
            return timestamp != null
                            && timestamp == marker.timestamp()
                            && record.timestampType() == marker.timestampType()
                    ? null
                    : "the record at offset " + marker.offset() + " is another one than the stream holds";
        }
        // A producer sets create times as it likes; append times only grow within a log.
        boolean appended = marker.timestampType() == TimestampType.LOG_APPEND_TIME
                && record.timestampType() == TimestampType.LOG_APPEND_TIME;
        return appended && timestamp != null && timestamp - marker.timestamp() > CLOCK_SKEW_MILLIS
                ? "the record at offset " + record.originalKafkaOffset()
                        + " was appended later than the stream's record at" + " offset " + marker.offset()
                : null;
    }

    /** Ends the replay, if there is one: the consumer is at this offset, and the marker's record never came. */
    void passed(long offset, OffsetMarker marker) {
        if (from != AssignedPartition.NONE) {
            LOG.warn(
                    "{}: the record at offset {}, up to which the stream holds this partition, is gone from the topic; the"
                            + " next one is at {}. Compaction or a filter is assumed, not another topic",
                    partition.id(),
                    marker.offset(),
                    offset);
            end();
        }
    }

    /** Looks at the consumer's position, and reminds people of what is withheld. */
    void tend(OffsetMarker marker) {
        if (from == AssignedPartition.NONE) {
            return;
        }
        if (partition.isPast(marker.offset())) {
            passed(partition.position(), marker);
        } else if (clock.getAsLong() - warnAt >= 0) {
            warned = true;
            warnAt = clock.getAsLong() + WARNING_NANOS;
            LOG.warn(
                    "{}: offsets {} to {} are withheld from commits for {} s now, {} records so far: the stream holds this"
                            + " partition up to offset {}, and the record there has not come yet. A long replay or an"
                            + " outage ends by itself. If the topic was deleted and created again, {}",
                    partition.id(),
                    from,
                    marker.offset(),
                    (clock.getAsLong() - began) / 1_000_000_000,
                    records,
                    marker.offset(),
                    cure());
        }
    }

    /** Until {@link #tend} has something to log; {@link Long#MAX_VALUE} outside of a replay. */
    long dueNanos() {
        return from == AssignedPartition.NONE ? Long.MAX_VALUE : Math.max(0, warnAt - clock.getAsLong());
    }

    private void end() {
        if (warned) {
            LOG.info("{}: the replay is over after {} records", partition.id(), records);
        }
        from = AssignedPartition.NONE;
        partition.release();
    }

    private String cure() {
        return "stop the connector and set its offsets: PATCH /connectors/<name>/offsets with {\"offsets\":"
                + " [{\"partition\": {\"kafka_topic\": \"" + partition.id().topic() + "\", \"kafka_partition\": "
                + partition.id().partition() + "}, \"offset\": {\"kafka_offset\": " + from + "}}]}";
    }
}
