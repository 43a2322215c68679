package io.jetsink.publish.once;

import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.RandomIds;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import java.io.IOException;
import java.util.NoSuchElementException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * The message that holds the offset up to which the stream has the records of a partition. It is the only message of its
 * subject, and is replaced in the atomic batch that stores further records. The partition is owned by its last author.
 *
 * @param sequence of the message in the stream; 0 if there is none
 * @param offset of the last record that is in the stream, or {@link #NONE}
 * @param timestamp of that record, or {@link #NONE} if it is not known
 * @param timestampType of that record
 * @param owner random id of the assignment whose task wrote it
 * @param batch id of the batch that stored it, or the empty string if it was written alone
 */
record OffsetMarker(
        long sequence, long offset, long timestamp, TimestampType timestampType, String owner, String batch) {
    /** Stands for no record, and for no timestamp. */
    static final long NONE = -1;

    private static final String MARKER = "Jetsink-Marker";
    private static final String OFFSET = "Jetsink-Offset";
    private static final String TIMESTAMP = "Jetsink-Timestamp";
    private static final String TIMESTAMP_TYPE = "Jetsink-Timestamp-Type";
    private static final String OWNER = "Jetsink-Owner";
    private static final String BATCH = "Jetsink-Batch";

    /** Size of the largest marker as a member of a batch, in bytes. Markers have headers only. */
    static final long MAX_BYTES = BatchHeaders.BYTES
            + new OffsetMarker(
                            0,
                            Long.MAX_VALUE,
                            Long.MAX_VALUE,
                            TimestampType.LOG_APPEND_TIME,
                            NUID.nextGlobal(),
                            RandomIds.ofBatch())
                    .headers(Long.MAX_VALUE, true)
                    .serializedLength();

    /** Stands for a subject without a marker. */
    static OffsetMarker absent() {
        return new OffsetMarker(0, NONE, NONE, TimestampType.NO_TIMESTAMP_TYPE, "", "");
    }

    /**
     * Returns the marker of a partition whose last settled record is this one.
     *
     * @param sequence of the marker in the stream, or of the one that it replaces
     */
    static OffsetMarker of(SinkRecord record, long sequence, String owner, String batch) {
        @Nullable Long timestamp = record.timestamp();
        @Nullable TimestampType type = record.timestampType();
        return new OffsetMarker(
                sequence,
                record.originalKafkaOffset(),
                timestamp == null ? NONE : timestamp,
                type == null ? TimestampType.NO_TIMESTAMP_TYPE : type,
                owner,
                batch);
    }

    /** Returns a marker for an offset that an operator has set. */
    static OffsetMarker set(long offset, long sequence, String owner) {
        return new OffsetMarker(sequence, offset, NONE, TimestampType.NO_TIMESTAMP_TYPE, owner, "");
    }

    /** Returns a marker for the same offset, as this owner writes it alone. */
    OffsetMarker writtenBy(String author, long at) {
        return new OffsetMarker(at, offset, timestamp, timestampType, author, "");
    }

    boolean isAbsent() {
        return sequence == 0;
    }

    /**
     * Returns the headers of a marker that replaces the one at {@code expected}, and no other.
     *
     * @param keepForever whether the stream's TTLs do not apply to it
     */
    Headers headers(long expected, boolean keepForever) {
        Headers headers = new Headers()
                .put(NatsJetStreamConstants.ROLLUP_HDR, NatsJetStreamConstants.ROLLUP_HDR_SUBJECT)
                .put(NatsJetStreamConstants.EXPECTED_LAST_SUB_SEQ_HDR, Long.toString(expected))
                .put(MARKER, "1")
                .put(OFFSET, Long.toString(offset))
                .put(TIMESTAMP, Long.toString(timestamp))
                .put(TIMESTAMP_TYPE, timestampType.toString())
                .put(OWNER, owner)
                .put(BATCH, batch);
        return keepForever ? headers.put(NatsJetStreamConstants.MSG_TTL_HDR, "never") : headers;
    }

    /**
     * Reads the reply to a request for the last message of a marker's subject.
     *
     * @throws IOException if JetStream did not return the message, or if it is not a marker
     */
    static OffsetMarker read(Message reply) throws IOException {
        StoredMessage message = StoredMessage.read(reply);
        if (message == null) {
            return absent();
        }
        try {
            return new OffsetMarker(
                    message.sequence(),
                    Long.parseLong(header(message, OFFSET)),
                    Long.parseLong(header(message, TIMESTAMP)),
                    TimestampType.forName(header(message, TIMESTAMP_TYPE)),
                    header(message, OWNER),
                    header(message, BATCH));
        } catch (IllegalArgumentException | NoSuchElementException e) {
            throw new UnrecoverableException(
                    ErrorCode.MARKER_FOREIGN,
                    "the message at the marker subject " + message.subject()
                            + " is not an offset marker of this connector: change exactly.once.marker.prefix, or"
                            + " remove the message",
                    e);
        }
    }

    private static String header(StoredMessage message, String name) {
        String value = message.header(name);
        if (value == null) {
            throw new IllegalArgumentException(name);
        }
        return value;
    }
}
