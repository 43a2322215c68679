package io.jetsink.nats.stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** An error that JetStream answered, with its code (nats-server errors.json). */
public final class JetStreamErrorException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** "message size exceeds maximum allowed". */
    public static final int MESSAGE_TOO_LARGE = 10054;

    /** "atomic publish batch is too large". */
    public static final int BATCH_TOO_LARGE = 10199;

    /** "batch publish is disabled" (nats-server 2.14). */
    public static final int BATCH_DISABLED = 10205;

    private final int code;

    public JetStreamErrorException(int code, String description) {
        super(description + " [" + code + "]");
        this.code = code;
    }

    /** The error in an answer of JetStream, or null if it holds none. */
    public static @Nullable JetStreamErrorException in(byte[] answer) {
        try {
            JsonNode error = JSON.readTree(answer).path("error");
            return error.isMissingNode()
                    ? null
                    : new JetStreamErrorException(
                            error.path("err_code").asInt(),
                            error.path("description").asText());
        } catch (IOException noAnswerOfJetStream) {
            return null;
        }
    }

    public int code() {
        return code;
    }
}
