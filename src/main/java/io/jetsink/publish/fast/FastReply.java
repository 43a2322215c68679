package io.jetsink.publish.fast;

import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.JetStreamReply;
import io.nats.client.Message;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One reply of the server to a fast-ingest batch (ADR-50; nats-server 2.14 and later). Replies are few, one per some hundred
 * messages, so they are parsed in full.
 *
 * @param batch id of the batch, from the reply subject
 * @param sequence ACK, REFUSED: of the message in its batch
 * @param count ACK: number of messages until the next one; FINAL, DUPLICATE, STORED: number of messages of the batch that
 *     are in the stream for certain
 * @param error of REFUSED and LOST
 * @param foreign FOREIGN: the reply
 */
record FastReply(
        Kind kind,
        String batch,
        long sequence,
        long count,
        @Nullable IOException error,
        @Nullable JetStreamReply foreign) {
    FastReply(Kind kind, String batch, long sequence, long count, @Nullable IOException error) {
        this(kind, batch, sequence, count, error, null);
    }

    enum Kind {
        /** All messages up to this one are stored. */
        ACK,
        /** The batch is over; an exact number of its messages is stored. */
        FINAL,
        /** The batch is over and nothing of it was stored: the stream has messages with all of its ids. */
        DUPLICATE,
        /** A message is missing; a FINAL follows. */
        GAP,
        /** One message was refused. Those before it are stored; a FINAL follows, unless it was the first. */
        REFUSED,
        /** The server stored the message as a single one: it is older than 2.14. */
        STORED,
        /** Nothing subscribes to the message's subject. */
        LOST,
        /** Not from the expected stream: it proves nothing, and the real reply may still follow. */
        FOREIGN
    }

    /** {@code <inbox>.<batch>.<flow>.<gap>.<sequence>.<operation>.$FI}, counted from the end. */
    private static final int SEQUENCE_FROM_END = 3;

    private static final int BATCH_FROM_END = 6;
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    /** Reads a reply. @param source the stream of the batch */
    static FastReply of(Message message, AckSource source) {
        String[] tokens = message.getSubject().split("\\.");
        long sequence = tokens.length < BATCH_FROM_END ? -1 : number(tokens[tokens.length - SEQUENCE_FROM_END]);
        if (sequence < 0) {
            return foreign("", 0, JetStreamReply.noAck());
        }
        String batch = tokens[tokens.length - BATCH_FROM_END];
        if (message.isStatusMessage()) {
            JetStreamReply status = source.read(message, true);
            return status.isForeign()
                    ? foreign(batch, sequence, status)
                    : new FastReply(Kind.LOST, batch, sequence, 0, status.cause());
        }
        JsonNode json = AckSource.parse(message.getData());
        JsonNode at = json.path("seq");
        switch (json.path("type").asText()) {
            case "ack":
                return at.isIntegralNumber()
                        ? new FastReply(
                                Kind.ACK, batch, at.asLong(), json.path("msgs").asLong(), null)
                        : foreign(batch, sequence, JetStreamReply.noAck());
            case "gap":
                return new FastReply(Kind.GAP, batch, at.asLong(), 0, null);
            case "err":
                JetStreamErrorException error = AckSource.error(json);
                return error == null
                        ? foreign(batch, sequence, JetStreamReply.noAck())
                        : new FastReply(Kind.REFUSED, batch, at.asLong(sequence), 0, error);
            default:
                return ofBatch(batch, sequence, json, source.read(json, true));
        }
    }

    private static FastReply ofBatch(String batch, long sequence, JsonNode json, JetStreamReply reply) {
        return switch (reply.kind()) {
            case FOREIGN -> foreign(batch, sequence, reply);
            case REFUSED, STATUS -> new FastReply(Kind.REFUSED, batch, sequence, 0, reply.cause());
            case ACK -> {
                if (!json.has("batch")) {
                    yield new FastReply(Kind.STORED, batch, sequence, reply.duplicate() ? 0 : 1, null);
                }
                // The sequence is that of the last stored message. A batch of one message has a flag instead.
                boolean none = reply.count() > 0 && reply.sequence() == 0;
                Kind kind = none || reply.duplicate() ? Kind.DUPLICATE : Kind.FINAL;
                yield new FastReply(kind, batch, sequence, reply.count(), null);
            }
        };
    }

    private static FastReply foreign(String batch, long sequence, JetStreamReply reply) {
        return new FastReply(Kind.FOREIGN, batch, sequence, 0, null, reply);
    }

    /** A number in a token of a reply subject, or -1. */
    private static long number(String token) {
        return DIGITS.matcher(token).matches() ? Long.parseLong(token) : -1;
    }

    /** Whether the reply covers no more messages than were sent, and no duplicates unless they have ids. */
    boolean fits(FastBatch sent) {
        return switch (kind) {
            case ACK -> sequence <= sent.sentCount();
            case FINAL -> count <= sent.sentCount();
            case DUPLICATE -> count <= sent.sentCount() && sent.hasIds();
            default -> true;
        };
    }

    int code() {
        return error instanceof JetStreamErrorException refused ? refused.code() : 0;
    }

    /** Why a message was not stored. */
    IOException cause() {
        return error == null ? new CodedException(ErrorCode.STREAM_ERROR, "refused") : error;
    }
}
