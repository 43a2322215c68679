package io.jetsink.nats.stream;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A message on a reply subject, as {@link AckSource} reads it. Immutable.
 *
 * @param kind what the message proves
 * @param stream ACK: the stream that acks. FOREIGN: the stream that acks in the place of the expected one; empty if the
 *     message is no ack at all
 * @param domain the JetStream domain of that stream, empty for none
 * @param sequence ACK: of the last stored message; 0 only where nothing of a batch was stored
 * @param duplicate ACK: the stream had a message of the same id already
 * @param batch ACK: the id of the batch that the ack ends, empty for none
 * @param count ACK: number of messages in that batch
 * @param error REFUSED: a {@link JetStreamErrorException}; STATUS: the status
 */
public record JetStreamReply(
        Kind kind,
        String stream,
        String domain,
        long sequence,
        boolean duplicate,
        String batch,
        long count,
        @Nullable IOException error) {
    public enum Kind {
        /** The expected stream has stored the message, or the batch that ends with it. */
        ACK,
        /** JetStream refused the message; nothing says that another stream did. */
        REFUSED,
        /** The server reports a status, such as 503: nobody subscribes to the subject. */
        STATUS,
        /** Another client or another stream sent the message. It proves nothing; the real answer may still come. */
        FOREIGN
    }

    static JetStreamReply notStored(Kind kind, IOException error) {
        return new JetStreamReply(kind, "", "", 0, false, "", 0, error);
    }

    /** Returns the reply for a message that JetStream has not sent. */
    public static JetStreamReply noAck() {
        return foreignAck("", "");
    }

    static JetStreamReply foreignAck(String stream, String domain) {
        return new JetStreamReply(Kind.FOREIGN, stream, domain, 0, false, "", 0, null);
    }

    /** Returns why the message was not stored, for REFUSED and STATUS. */
    public IOException cause() {
        return error == null ? new CodedException(ErrorCode.STREAM_ERROR, "refused") : error;
    }

    public boolean isAck() {
        return kind == Kind.ACK;
    }

    public boolean isForeign() {
        return kind == Kind.FOREIGN;
    }
}
