package io.jetsink.nats.stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.nats.client.Message;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a {@link Probe}.
 *
 * @param stream STREAM: the stream that captures the subject; empty if the reply does not name it
 * @param error STREAM: the reason of the refusal, or null if it is the one that every probe gets
 */
public record ProbeReply(Kind kind, String stream, @Nullable JetStreamErrorException error) {
    public enum Kind {
        /** A stream captures the subject. */
        STREAM,
        /** Nothing is subscribed to the subject: no stream captures it, or the one that does has no leader. */
        NOBODY,
        /** Another client replied, which proves nothing about streams. */
        STRANGER,
        /** No reply in time. */
        SILENCE
    }

    /** @param answer of the server, or null without one */
    static ProbeReply of(@Nullable Message answer, @Nullable Throwable failure) {
        if (answer == null) {
            return new ProbeReply(isNobody(failure) ? Kind.NOBODY : Kind.SILENCE, "", null);
        }
        if (answer.isStatusMessage()) {
            return new ProbeReply(Kind.NOBODY, "", null);
        }
        JsonNode json = AckSource.parse(answer.getData());
        JetStreamErrorException error = AckSource.error(json);
        if (error == null) {
            return new ProbeReply(Kind.STRANGER, "", null);
        }
        boolean expected = error.code() == JetStreamErrorException.OTHER_STREAM;
        return new ProbeReply(Kind.STREAM, json.path("stream").asText(), expected ? null : error);
    }

    /** jnats 2.26.2 cancels a request without responders, and cancels no other request without a text. */
    private static boolean isNobody(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof CancellationException && cause.getMessage() == null;
    }

    /** Returns whether this stream captures the subject. */
    public boolean isBy(String name) {
        return kind == Kind.STREAM && stream.equals(name);
    }
}
