package io.jetsink.publish.once;

import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.ApiRequest;
import io.jetsink.nats.stream.JetStreamErrorException;
import io.nats.client.Connection;
import io.nats.client.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A message of the stream, as the stream's leader returns it (STREAM.MSG.GET). Immutable.
 *
 * @param headers values by the names of the headers, in any case of letters
 */
record StoredMessage(String subject, long sequence, Map<String, String> headers) {

    /** Returns the request for the last message of a subject that has neither quotes nor backslashes. */
    static String last(String subject) {
        return "{\"last_by_subj\":\"" + subject + "\"}";
    }

    /** Returns the request for the first message at this sequence or behind it. */
    static String next(long sequence) {
        return "{\"seq\":" + sequence + ",\"next_by_subj\":\">\"}";
    }

    /**
     * Sends a request to JetStream's API.
     *
     * @return what the reader makes of the reply; fails with the reader's exception
     * @throws IllegalStateException if the connection accepts no more
     */
    static <T> CompletableFuture<T> request(
            Connection connection, String api, String request, Duration timeout, Reader<T> reader) {
        return ApiRequest.send(connection, api, request.getBytes(StandardCharsets.UTF_8), timeout)
                .thenApply(reply -> {
                    try {
                        return reader.read(reply);
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                });
    }

    interface Reader<T> {
        T read(Message reply) throws IOException;
    }

    /**
     * Reads a reply to {@link #last} or {@link #next}.
     *
     * @return null if there is no such message
     * @throws IOException if JetStream has refused the request, or did not send the reply
     */
    static @Nullable StoredMessage read(Message reply) throws IOException {
        JsonNode json = json(reply);
        JetStreamErrorException error = AckSource.error(json);
        if (error != null && error.code() == JetStreamErrorException.MESSAGE_NOT_FOUND) {
            return null;
        }
        JsonNode message = json.path("message");
        if (message.isMissingNode()) {
            throw error == null
                    ? new CodedException(
                            ErrorCode.NO_ANSWER, "a message of the stream cannot be read: no answer from JetStream")
                    : error;
        }
        return new StoredMessage(
                message.path("subject").asText(),
                message.path("seq").asLong(),
                headers(message.path("hdrs").asText()));
    }

    static JsonNode json(Message reply) throws IOException {
        if (reply.isStatusMessage()) {
            throw new CodedException(ErrorCode.NO_ANSWER, String.valueOf(reply.getStatus()));
        }
        return AckSource.parse(reply.getData());
    }

    /** Reads a header block: a version line, then lines of the form {@code name: value}. */
    private static Map<String, String> headers(String base64) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        String block = new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        for (String line : block.split("\r\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon), line.substring(colon + 1).trim());
            }
        }
        return headers;
    }

    @Nullable
    String header(String name) {
        return headers.get(name);
    }
}
