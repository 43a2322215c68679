package io.jetsink.publish;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.nats.client.Connection;

/** Sends messages over a connection, within the server's {@code max_payload}. Headers count against it, too. */
public final class MessageSender {
    private MessageSender() {}

    /** Rejects a message that is too large when this many bytes of headers are added. */
    public static void checkSize(OutboundMessage message, int added, Connection connection) {
        if (!fits(message, added, connection)) {
            throw new RejectedRecordException(
                    ErrorCode.TOO_LARGE,
                    "the message has " + ((long) message.limitedSize() + added)
                            + " bytes with its headers and the server accepts " + connection.getMaxPayload()
                            + ": raise max_payload of the nats-server, set oversize=object-store, or keep such records out"
                            + " of the topic");
        }
    }

    /** Whether a message is small enough for the server when this many bytes of headers are added. */
    public static boolean fits(OutboundMessage message, int added, Connection connection) {
        long limit = connection.getMaxPayload();
        return limit <= 0 || (long) message.limitedSize() + added <= limit;
    }

    /** Sends a message, without waiting. @return false if the connection's queue is full, or the connection is closed */
    public static boolean send(OutboundMessage message, String reply, Connection connection) {
        try {
            connection.publish(message.subject(), reply, message.headers(), message.payload());
            return true;
        } catch (IllegalStateException queueFullOrClosed) {
            // Closed: the supervisor is notified. Full: the server reads nothing, and the stall watch notices that.
            return false;
        } catch (IllegalArgumentException unsendable) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_SUBJECT,
                    "jnats refuses the message: " + unsendable.getMessage() + ". Change subject.",
                    unsendable);
        }
    }
}
