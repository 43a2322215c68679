package io.jetsink.nats.stream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.nats.client.Message;
import io.nats.client.support.Status;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The stream whose acks count, and the one place where a message on a reply subject is judged (ADR 0027). A reply subject
 * is known to everybody who receives the message: to a service on the same subject, and to a stream of another JetStream
 * domain. Their answers prove nothing about the expected stream.
 *
 * <p>Formats: a PubAck is {@code {"stream":…,"seq":…}} with {@code domain}, {@code duplicate}, {@code batch} and
 * {@code count} where they apply; a refusal has {@code error} with {@code code} and {@code err_code}, and mostly the name
 * of the stream but never its domain (nats-server 2.9 to 2.15).
 *
 * <p>Threads: any. Immutable.
 *
 * @param stream name of the one stream that may ack, or null for any
 * @param domain JetStream domain of that stream, empty for none, or null for any
 */
public record AckSource(@Nullable String stream, @Nullable String domain) {
    /** Any stream of any domain. */
    public static final AckSource ANY = new AckSource(null, null);

    /** JetStream's codes begin here (nats-server errors.json). */
    private static final int FIRST_CODE = 10_000;
    /** The server's type of an error code has 16 bits. */
    private static final int LAST_CODE = 65_535;

    private static final int TOO_MANY_REQUESTS = 429;
    /** A stream with ten million messages per second reaches this sequence after 28 years. */
    private static final long LAST_SEQUENCE = 1L << 53;

    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    /**
     * Returns the source of a stream that was looked up, with the configured name and domain where the look-up has none.
     *
     * @param stream null if it was not looked up
     * @param configuredStream {@code jetstream.stream} or null
     * @param configuredDomain {@code jetstream.domain} or null
     */
    static AckSource of(
            @Nullable TargetStream stream, @Nullable String configuredStream, @Nullable String configuredDomain) {
        String domain = stream == null ? null : stream.domain();
        return new AckSource(configuredStream, domain == null ? configuredDomain : domain);
    }

    /**
     * Classifies the reply to a message or to the commit of a batch.
     *
     * @param identified whether the message has an id, without which it cannot be a duplicate
     */
    public JetStreamReply read(Message message, boolean identified) {
        if (message.isStatusMessage()) {
            return status(message.getStatus());
        }
        return read(parse(message.getData()), identified);
    }

    /** Classifies a reply that was parsed. */
    public JetStreamReply read(JsonNode json, boolean identified) {
        JetStreamErrorException error = error(json);
        if (error != null) {
            String refusing = text(json, "stream");
            return stream == null || refusing.isEmpty() || refusing.equals(stream)
                    ? JetStreamReply.notStored(JetStreamReply.Kind.REFUSED, error)
                    : JetStreamReply.noAck();
        }
        String acking = text(json, "stream");
        JsonNode sequence = json.path("seq");
        if (acking.isEmpty() || json.has("error") || !sequence.isIntegralNumber()) {
            return JetStreamReply.noAck();
        }
        String where = text(json, "domain");
        boolean duplicate = json.path("duplicate").asBoolean();
        String batch = text(json, "batch");
        long count = json.path("count").asLong();
        // The end of a batch of which nothing was stored names no sequence.
        long at = sequence.canConvertToLong() ? sequence.asLong() : -1;
        boolean possible = isSequence(at) || (at == 0 && json.has("batch"));
        if (!possible || count < 0 || (duplicate && !identified)) {
            return JetStreamReply.noAck();
        }
        if ((stream != null && !acking.equals(stream)) || (domain != null && !where.equals(domain))) {
            return JetStreamReply.foreignAck(acking, where);
        }
        return new JetStreamReply(JetStreamReply.Kind.ACK, acking, where, at, duplicate, batch, count, null);
    }

    /** Returns the body of a message as JSON, or a missing node if the body is not JSON. */
    public static JsonNode parse(byte @Nullable [] data) {
        if (data == null || data.length == 0 || data[0] != '{') {
            return MissingNode.getInstance();
        }
        try {
            return JSON.readTree(data);
        } catch (JsonProcessingException noJson) {
            return MissingNode.getInstance();
        } catch (IOException unreadable) {
            throw new IllegalStateException("reading from memory", unreadable);
        }
    }

    /** Returns the JetStream error in a reply, or null. The {@code error} of a service does not count. */
    public static @Nullable JetStreamErrorException error(JsonNode json) {
        JsonNode error = json.path("error");
        JsonNode code = error.path("err_code");
        boolean ofJetStream = error.path("code").isIntegralNumber()
                && code.isIntegralNumber()
                && code.canConvertToInt()
                && code.asInt() >= FIRST_CODE
                && code.asInt() <= LAST_CODE;
        return ofJetStream
                ? new JetStreamErrorException(
                        code.asInt(), error.path("description").asText("refused"))
                : null;
    }

    /** Returns whether a stream can have a message with this sequence. */
    public static boolean isSequence(long sequence) {
        return sequence > 0 && sequence <= LAST_SEQUENCE;
    }

    private static JetStreamReply status(@Nullable Status status) {
        int code = status == null ? 0 : status.getCode();
        return code == Status.NO_RESPONDERS_CODE || code == TOO_MANY_REQUESTS
                ? JetStreamReply.notStored(
                        JetStreamReply.Kind.STATUS, new CodedException(ErrorCode.NO_LEADER, String.valueOf(status)))
                : JetStreamReply.noAck();
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        return value.isTextual() ? value.asText() : "";
    }

    /** Returns the expected stream for log lines. */
    public String shown() {
        return shown(stream, domain);
    }

    public static String shown(@Nullable String stream, @Nullable String domain) {
        String name = stream == null ? "a stream" : "stream " + stream;
        return domain == null ? name : name + (domain.isEmpty() ? " without a domain" : " in domain " + domain);
    }
}
