package io.jetsink.publish.once;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.RandomIds;
import io.jetsink.publish.UnrecoverableException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import io.nats.client.support.NatsJetStreamConstants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * The message that holds how far a partition is in the stream: the only one of its subject, replaced in the same atomic
 * batch as the records it speaks of. Whoever wrote it last owns the partition.
 *
 * @param sequence where it stands in the stream; 0 if there is none
 * @param offset of the last record that is in the stream, or {@link #NONE}
 * @param timestamp of that record, or -1 if it is not known
 * @param timestampType of that record
 * @param owner who wrote it
 * @param batch the batch it came with, or the empty string if it was written alone
 */
record OffsetMarker(
        long sequence, long offset, long timestamp, TimestampType timestampType, String owner, String batch) {
    /** No record is in the stream yet. */
    static final long NONE = -1;

    private static final String MARKER = "Jetsink-Marker";
    private static final String OFFSET = "Jetsink-Offset";
    private static final String TIMESTAMP = "Jetsink-Timestamp";
    private static final String TIMESTAMP_TYPE = "Jetsink-Timestamp-Type";
    private static final String OWNER = "Jetsink-Owner";
    private static final String BATCH = "Jetsink-Batch";

    /** The size of the largest marker as a member of a batch, in bytes; markers have headers alone. */
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

    /** JetStream's "no message found". */
    static final int NOT_FOUND = JetStreamErrorException.MESSAGE_NOT_FOUND;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] EMPTY = {};

    /** No marker at all. */
    static OffsetMarker absent() {
        return new OffsetMarker(0, NONE, NONE, TimestampType.NO_TIMESTAMP_TYPE, "", "");
    }

    /**
     * The marker of a partition whose last settled record is this one.
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

    boolean isAbsent() {
        return sequence == 0;
    }

    /**
     * The headers of a marker that replaces the one at {@code expected}, and only that.
     *
     * @param keep whether to exempt it from the stream's TTLs
     */
    Headers headers(long expected, boolean keep) {
        Headers headers = new Headers()
                .put(NatsJetStreamConstants.ROLLUP_HDR, NatsJetStreamConstants.ROLLUP_HDR_SUBJECT)
                .put(NatsJetStreamConstants.EXPECTED_LAST_SUB_SEQ_HDR, Long.toString(expected))
                .put(MARKER, "1")
                .put(OFFSET, Long.toString(offset))
                .put(TIMESTAMP, Long.toString(timestamp))
                .put(TIMESTAMP_TYPE, timestampType.toString())
                .put(OWNER, owner)
                .put(BATCH, batch);
        return keep ? headers.put(NatsJetStreamConstants.MSG_TTL_HDR, "never") : headers;
    }

    /** The marker alone, outside of a batch. */
    Message message(String subject, long expected, boolean keep) {
        return NatsMessage.builder()
                .subject(subject)
                .headers(headers(expected, keep))
                .data(EMPTY)
                .build();
    }

    /** The request for the last message of a subject, as JetStream's leader has it (STREAM.MSG.GET). */
    static byte[] request(String subject) {
        // A marker subject holds neither quotes nor backslashes.
        return ("{\"last_by_subj\":\"" + subject + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads the answer to {@link #request}.
     *
     * @throws IOException if the server could not tell, or the message there is no marker
     */
    static OffsetMarker read(Message answer) throws IOException {
        if (answer.isStatusMessage()) {
            throw new IOException(String.valueOf(answer.getStatus()));
        }
        JsonNode json = JSON.readTree(answer.getData());
        JsonNode error = json.path("error");
        if (error.path("err_code").asInt() == NOT_FOUND) {
            return absent();
        }
        if (!error.isMissingNode()) {
            throw new JetStreamErrorException(
                    error.path("err_code").asInt(), error.path("description").asText());
        }
        JsonNode message = json.path("message");
        Map<String, String> headers = headers(message.path("hdrs").asText());
        try {
            return new OffsetMarker(
                    message.path("seq").asLong(),
                    Long.parseLong(header(headers, OFFSET)),
                    Long.parseLong(header(headers, TIMESTAMP)),
                    TimestampType.forName(header(headers, TIMESTAMP_TYPE)),
                    header(headers, OWNER),
                    header(headers, BATCH));
        } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
            throw new UnrecoverableException(
                    "the message at the marker subject "
                            + message.path("subject").asText()
                            + " is not a marker of this connector: change exactly.once.marker.prefix, or remove it",
                    e);
        }
    }

    private static String header(Map<String, String> headers, String name) {
        @Nullable String value = headers.get(name.toLowerCase(Locale.ROOT));
        if (value == null) {
            throw new IllegalArgumentException(name);
        }
        return value;
    }

    /** Returns the headers of a block as STREAM.MSG.GET has it, a version line and then {@code name: value} lines; names in lower case. */
    static Map<String, String> headers(String base64) {
        Map<String, String> headers = new HashMap<>();
        String block = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        for (String line : block.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim());
            }
        }
        return headers;
    }
}
