package io.jetsink.nats.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nats.client.Message;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a {@link Probe}.
 *
 * @param kind of the answer
 * @param stream STREAM: the stream that captures the subject; empty if its answer does not name it
 * @param error STREAM: another reason for the refusal than the one that each probe gets; else null
 */
public record ProbeReply(Kind kind, String stream, @Nullable JetStreamErrorException error) {
    public enum Kind {
        /** A stream captures the subject. */
        STREAM,
        /** Nothing is subscribed to the subject: no stream captures it, or the one that does has no leader. */
        NOBODY,
        /** Something else than a stream answered, which says nothing about streams. */
        STRANGER,
        /** No answer in time. */
        SILENCE
    }

    /** "expected stream does not match": the answer to each probe that reaches a stream. */
    private static final int OTHER_STREAM = 10060;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** @param answer of the server; null if there is none */
    static ProbeReply of(@Nullable Message answer, @Nullable Throwable failure) {
        if (answer == null) {
            return new ProbeReply(isNobody(failure) ? Kind.NOBODY : Kind.SILENCE, "", null);
        }
        if (answer.isStatusMessage()) {
            return new ProbeReply(Kind.NOBODY, "", null);
        }
        byte[] data = answer.getData();
        JetStreamErrorException error = JetStreamErrorException.in(data);
        if (error == null || error.code() == 0) {
            return new ProbeReply(Kind.STRANGER, "", null);
        }
        return new ProbeReply(Kind.STREAM, stream(data), error.code() == OTHER_STREAM ? null : error);
    }

    private static String stream(byte[] data) {
        try {
            JsonNode answer = JSON.readTree(data);
            return answer.path("stream").asText();
        } catch (IOException unreadable) {
            return "";
        }
    }

    /** jnats cancels a request without responders, and gives all other cancellations a text (jnats 2.26.2). */
    private static boolean isNobody(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof CancellationException && cause.getMessage() == null;
    }

    /** Whether the subject is captured by this stream. */
    public boolean isBy(String name) {
        return kind == Kind.STREAM && stream.equals(name);
    }
}
