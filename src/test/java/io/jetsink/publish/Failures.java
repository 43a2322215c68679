package io.jetsink.publish;

import io.jetsink.message.ErrorCode;
import io.jetsink.nats.ConnectFailedException;
import io.jetsink.nats.stream.MisconfiguredException;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;

/** Failures of a publish as jnats tells them. */
public final class Failures {
    private Failures() {}

    /** The server's answer with an error code, as it comes out of jnats' ack parser. */
    public static JetStreamApiException refused(int code, String description) {
        String answer = "{\"type\":\"io.nats.jetstream.api.v1.pub_ack_response\",\"error\":{\"code\":400,\"err_code\":"
                + code + ",\"description\":\"" + description + "\"},\"stream\":\"S\",\"seq\":0}";
        try {
            new PublishAck(NatsMessage.builder()
                    .subject("reply")
                    .data(answer.getBytes(StandardCharsets.UTF_8))
                    .build());
        } catch (JetStreamApiException refusal) {
            return refusal;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError(answer + " was taken for an ack");
    }

    /** What the future of {@code publishAsync} ends with: its own wrapping around the parser's exception. */
    public static CompletionException async(Exception cause) {
        return new CompletionException(new RuntimeException(cause));
    }

    /** This record can never be stored. */
    public static CompletionException tooLarge() {
        return async(refused(10054, "message size exceeds maximum allowed"));
    }

    /** Nobody answers at the moment. */
    public static CompletionException noResponders() {
        return async(new IOException("Error Publishing: 503 No Responders Available For Request"));
    }

    /** Another stream took it. */
    public static IOException wrongStream() {
        return new MisconfiguredException(ErrorCode.OTHER_STREAM, "an ack came from stream OTHER");
    }

    /** Nothing gets better by waiting. */
    public static IOException definite() {
        return new UnrecoverableException(ErrorCode.OUTCOME_LOST, "change jetstream.stream");
    }

    /** No server could be connected to, for this reason. */
    public static IOException connecting(ConnectFailedException.Reason reason) {
        return new ConnectFailedException(reason, "no connection", null);
    }
}
