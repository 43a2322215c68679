package io.jetsink.publish.once;

import io.jetsink.message.ErrorCode;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.UnrecoverableException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that an offset marker belongs to this topic, and not to a deleted topic of the same name. Records that the stream
 * holds by the marker are a <i>replay</i>. Their offsets are withheld from commits until the record at the marker's offset
 * is delivered. Only a record proves another topic. Silence proves nothing: an outage, a paused consumer or other partitions may
 * interrupt a replay for any length of time.
 *
 * <p><b>Threads.</b> Confined to the task thread.
 */
final class SameTopicCheck {
    private static final Logger LOG = LoggerFactory.getLogger(SameTopicCheck.class);
    private static final long FIRST_WARNING_NANOS = Duration.ofSeconds(30).toNanos();
    private static final long WARNING_NANOS = Duration.ofSeconds(60).toNanos();
    /**
     * Append times are the clocks of a partition's leaders, which may differ. A log that was created later passes this
     * difference with its next records.
     */
    private static final long CLOCK_SKEW_MILLIS = 1_000;

    private static final long NO_REPLAY = Long.MAX_VALUE;

    private final AssignedPartition partition;
    private final LongSupplier clock;

    /** The lowest withheld offset, or {@link #NO_REPLAY}. */
    private long from = NO_REPLAY;

    private long records;
    private long began;
    private long warnAt;
    private boolean warned;

    /** @param clock nanoseconds that only increase */
    SameTopicCheck(AssignedPartition partition, LongSupplier clock) {
        this.partition = partition;
        this.clock = clock;
    }

    /**
     * Decides whether the stream holds a record, by the offset marker, and withholds the offset of such a record.
     *
     * @throws UnrecoverableException if the record proves that the marker belongs to another topic
     */
    Publisher.Look look(SinkRecord record, OffsetMarker marker) throws UnrecoverableException {
        long offset = record.originalKafkaOffset();
        if (offset > marker.offset()) {
            endWithoutProof(offset, marker);
            return Publisher.Look.PUBLISH;
        }
        if (from == NO_REPLAY) {
            begin(offset, marker);
        }
        from = Math.min(from, offset);
        records++;
        partition.forgetPosition();
        partition.hold(offset);
        String contradiction = contradiction(record, marker);
        if (contradiction != null) {
            throw new UnrecoverableException(
                    ErrorCode.OTHER_TOPIC,
                    partition.id() + ": the stream holds this partition up to offset "
                            + marker.offset() + ", the consumer is at offset " + from + ", and " + contradiction
                            + ". Was the topic deleted and created again? Then " + action());
        }
        if (offset == marker.offset()) {
            end();
        }
        return Publisher.Look.STORED;
    }

    private void begin(long offset, OffsetMarker marker) {
        records = 0;
        began = clock.getAsLong();
        warnAt = began + FIRST_WARNING_NANOS;
        warned = false;
        LOG.info(
                "{}: a replay begins at offset {}: the stream holds this partition up to offset {}. Records up to this"
                        + " offset are not published again",
                partition.logName(),
                offset,
                marker.offset());
    }

    /** Returns why the marker cannot belong to the topic of the record, or null. */
    private static @Nullable String contradiction(SinkRecord record, OffsetMarker marker) {
        if (marker.timestamp() == OffsetMarker.NONE) {
            return null;
        }
        Long timestamp = record.timestamp();
        if (record.originalKafkaOffset() == marker.offset()) {
            return timestamp != null
                            && timestamp == marker.timestamp()
                            && record.timestampType() == marker.timestampType()
                    ? null
                    : "the record at offset " + marker.offset() + " differs from the one that the stream holds";
        }
        // Producers choose create times. Append times only increase within a log.
        boolean appended = marker.timestampType() == TimestampType.LOG_APPEND_TIME
                && record.timestampType() == TimestampType.LOG_APPEND_TIME;
        return appended && timestamp != null && timestamp - marker.timestamp() > CLOCK_SKEW_MILLIS
                ? "the record at offset " + record.originalKafkaOffset()
                        + " was appended later than the stream's record at offset " + marker.offset()
                : null;
    }

    /** Ends the replay, if there is one: the consumer is at this offset, and has not delivered the marker's record. */
    private void endWithoutProof(long offset, OffsetMarker marker) {
        if (from != NO_REPLAY) {
            LOG.warn(
                    "{} {}: the record at offset {}, up to which the stream holds this partition, is no longer in the topic; the"
                            + " next record is at offset {}. The connector assumes compaction or a filter, not another topic",
                    ErrorCode.RECORDS_MISSING,
                    partition.logName(),
                    marker.offset(),
                    offset);
            end();
        }
    }

    /** Ends a replay that the consumer has passed, and warns of one that lasts. */
    void followConsumer(OffsetMarker marker) {
        if (from == NO_REPLAY) {
            return;
        }
        if (partition.isPast(marker.offset())) {
            endWithoutProof(partition.position(), marker);
        } else if (clock.getAsLong() - warnAt >= 0) {
            warned = true;
            warnAt = clock.getAsLong() + WARNING_NANOS;
            LOG.warn(
                    "{} {}: offsets {} to {} are withheld from commits for {} s now, {} records so far: the stream holds this"
                            + " partition up to offset {}, and the record at that offset was not delivered yet. A long replay"
                            + " or an outage ends without action. If the topic was deleted and created again, {}",
                    ErrorCode.OFFSETS_WITHHELD,
                    partition.logName(),
                    from,
                    marker.offset(),
                    (clock.getAsLong() - began) / 1_000_000_000,
                    records,
                    marker.offset(),
                    action());
        }
    }

    /** Returns the nanoseconds until the next warning; {@link Long#MAX_VALUE} without a replay. */
    long dueNanos() {
        return from == NO_REPLAY ? Long.MAX_VALUE : Math.max(0, warnAt - clock.getAsLong());
    }

    private void end() {
        if (warned) {
            LOG.info("{}: the replay is over after {} records", partition.logName(), records);
        }
        from = NO_REPLAY;
        partition.release();
    }

    private String action() {
        return "stop the connector and set its offsets: PATCH /connectors/<name>/offsets with {\"offsets\":"
                + " [{\"partition\": {\"kafka_topic\": \"" + partition.id().topic() + "\", \"kafka_partition\": "
                + partition.id().partition() + "}, \"offset\": {\"kafka_offset\": " + from + "}}]}";
    }
}
