package io.jetsink.publish.fast;

import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.jetsink.nats.stream.JetStreamReply;
import io.nats.client.Message;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One answer of the server to a fast-ingest batch (ADR-50; nats-server 2.14 and later). Answers are few, one for some
 * hundred messages, so they are parsed in full.
 *
 * @param kind what it is
 * @param batch the batch it is about, as its reply subject has it
 * @param sequence ACK, REFUSED: of the message in its batch
 * @param count ACK: after how many messages the next one comes; FINAL, DUPLICATE, STORED: how many messages of the batch
 *     are in the stream for certain
 * @param error REFUSED, LOST: what is wrong
 * @param foreign FOREIGN: what it is
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
        /** The batch is over and nothing of it is stored: by their ids, the stream has all its messages already. */
        DUPLICATE,
        /** A message is missing; a FINAL follows. */
        GAP,
        /** One message was refused. Those before it are stored; a FINAL follows, unless it was the first. */
        REFUSED,
        /** The server stored the message and knows nothing of batches: it is older than 2.14. */
        STORED,
        /** Nobody subscribes to the message's subject. */
        LOST,
        /** Not of the expected stream: it proves nothing, and the real answer may still come. */
        FOREIGN
    }

    /** {@code <inbox>.<batch>.<flow>.<gap>.<sequence>.<operation>.$FI}, counted from the end. */
    private static final int SEQUENCE_FROM_END = 3;

    private static final int BATCH_FROM_END = 6;
    private static final int MAX_DIGITS = 18;

    /**
     * Reads an answer.
     *
     * @param source the stream that the batch goes into
     */
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

    private static FastReply ofBatch(String batch, long sequence, JsonNode json, JetStreamReply answer) {
        return switch (answer.kind()) {
            case FOREIGN -> foreign(batch, sequence, answer);
            case REFUSED, STATUS -> new FastReply(Kind.REFUSED, batch, sequence, 0, answer.cause());
            case ACK -> {
                if (json.has("batch")) {
                    // The sequence is that of the last message it stored. A batch of one message tells in another way.
                    boolean none = answer.count() > 0 && answer.sequence() == 0;
                    Kind kind = none || answer.duplicate() ? Kind.DUPLICATE : Kind.FINAL;
                    yield new FastReply(kind, batch, sequence, answer.count(), null);
                }
                yield new FastReply(Kind.STORED, batch, sequence, answer.duplicate() ? 0 : 1, null);
            }
        };
    }

    private static FastReply foreign(String batch, long sequence, JetStreamReply answer) {
        return new FastReply(Kind.FOREIGN, batch, sequence, 0, null, answer);
    }

    /** Of a token of our reply subject; -1 if it is none. */
    private static long number(String token) {
        boolean digits = !token.isEmpty()
                && token.length() <= MAX_DIGITS
                && token.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Long.parseLong(token) : -1;
    }

    /** Whether it tells of no more messages than were sent, and of no duplicates if they have no ids. */
    boolean fits(FastBatch sent) {
        return switch (kind) {
            case ACK -> sequence <= sent.last();
            case FINAL -> count <= sent.last();
            case DUPLICATE -> count <= sent.last() && sent.isIdentified();
            default -> true;
        };
    }

    int code() {
        return error instanceof JetStreamErrorException refused ? refused.code() : 0;
    }
}
