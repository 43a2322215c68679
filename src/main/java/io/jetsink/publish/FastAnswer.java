package io.jetsink.publish;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
 */
record FastAnswer(
        Kind kind,
        String batch,
        long sequence,
        long count,
        @Nullable IOException error) {
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
        /** Nobody took the message, or the wrong stream did. */
        LOST
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    /** {@code <inbox>.<batch>.<flow>.<gap>.<sequence>.<operation>.$FI}, counted from the end. */
    private static final int SEQUENCE_FROM_END = 3;

    private static final int BATCH_FROM_END = 6;

    /**
     * @param stream that the batch goes into
     * @throws IOException if this is no answer a server gives
     */
    static FastAnswer of(Message message, String stream) throws IOException {
        String[] tokens = message.getSubject().split("\\.");
        if (tokens.length < BATCH_FROM_END) {
            throw new IOException("an answer on a subject that is none of ours");
        }
        String batch = tokens[tokens.length - BATCH_FROM_END];
        long sequence = Long.parseLong(tokens[tokens.length - SEQUENCE_FROM_END]);
        if (message.isStatusMessage()) {
            return new FastAnswer(Kind.LOST, batch, sequence, 0, new IOException(String.valueOf(message.getStatus())));
        }
        JsonNode json = parse(message.getData());
        JsonNode error = json.path("error");
        switch (json.path("type").asText()) {
            case "ack":
                return new FastAnswer(
                        Kind.ACK,
                        batch,
                        json.path("seq").asLong(),
                        json.path("msgs").asLong(),
                        null);
            case "gap":
                return new FastAnswer(Kind.GAP, batch, json.path("seq").asLong(), 0, null);
            case "err":
                return refused(batch, json.path("seq").asLong(sequence), error);
            default:
                break;
        }
        if (!error.isMissingNode()) {
            return refused(batch, sequence, error);
        }
        String stored = json.path("stream").asText();
        long at = json.path("seq").asLong();
        if (stored.isEmpty()) {
            throw new IOException("an answer that is no ack");
        }
        if (!stored.equals(stream)) {
            return new FastAnswer(
                    Kind.LOST,
                    batch,
                    sequence,
                    0,
                    ForeignAnswers.failure(Answer.foreignAck(stored, ""), new AckSource(stream, null)));
        }
        if (json.has("batch")) {
            long count = json.path("count").asLong();
            if (count < 0 || (at != 0 && !AckSequence.isOne(at))) {
                throw new IOException("an answer with numbers that no stream has");
            }
            // The sequence is that of the last message it stored. A batch of one message tells in another way.
            boolean none = count > 0 && at == 0;
            Kind kind = none || json.path("duplicate").asBoolean() ? Kind.DUPLICATE : Kind.FINAL;
            return new FastAnswer(kind, batch, sequence, count, null);
        }
        if (!AckSequence.isOne(at)) {
            throw new IOException("an answer that is no ack");
        }
        return new FastAnswer(
                Kind.STORED, batch, sequence, json.path("duplicate").asBoolean() ? 0 : 1, null);
    }

    private static FastAnswer refused(String batch, long sequence, JsonNode error) {
        StreamErrorException cause = new StreamErrorException(
                error.path("err_code").asInt(), error.path("description").asText("refused"));
        return new FastAnswer(Kind.REFUSED, batch, sequence, 0, cause);
    }

    private static JsonNode parse(byte[] data) throws IOException {
        try {
            return JSON.readTree(data);
        } catch (JsonProcessingException e) {
            // Not its message: it quotes what was received.
            throw new IOException("an answer that is no JSON");
        }
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
        return error instanceof StreamErrorException refused ? refused.code() : 0;
    }
}
