package io.jetsink.publish;

import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.nats.client.Connection;
import io.nats.client.impl.Headers;

/** The server's {@code max_payload}, against which headers count too. */
public final class MaxPayload {
    private MaxPayload() {}

    /** @throws RejectedRecordException if the message is too large for the server behind this connection */
    public static void check(OutboundMessage message, Connection connection) {
        check(message, 0, connection);
    }

    /** Whether the message is not too large for the server behind this connection. */
    public static boolean admits(OutboundMessage message, Connection connection) {
        long limit = connection.getMaxPayload();
        return limit <= 0 || size(message) <= limit;
    }

    private static long size(OutboundMessage message) {
        Headers headers = message.headers();
        return message.payload().length + (headers == null ? 0L : headers.serializedLength());
    }

    /** @param added how many bytes of headers are still to be added */
    public static void check(OutboundMessage message, int added, Connection connection) {
        long size = size(message) + added;
        long limit = connection.getMaxPayload();
        if (limit > 0 && size > limit) {
            throw new RejectedRecordException(
                    "the message has " + size + " bytes with its headers and the server takes " + limit
                            + ": raise max_payload of the nats-server, set oversize=object-store, or keep such records out of the topic");
        }
    }
}
