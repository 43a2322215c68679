package io.jetsink.publish;

import io.jetsink.nats.TargetStream;
import io.nats.client.impl.Headers;

/** What the stream is known to refuse. */
final class StreamLimit {
    private StreamLimit() {}

    /** @throws RejectedRecordException if the stream cannot take the message */
    static void check(OutboundMessage message, TargetStream stream) {
        Headers headers = message.headers();
        long size = message.payload().length + (headers == null ? 0L : headers.serializedLength());
        long limit = stream.maxMessageSize();
        if (limit > 0 && size > limit) {
            throw new RejectedRecordException("the message has " + size + " bytes with its headers and the stream "
                    + stream.name() + " takes " + limit + ": raise its max_msg_size");
        }
        if (!stream.takes(message.subject())) {
            throw new RejectedRecordException("the stream " + stream.name()
                    + " does not take the subject of this message: change subject, or the stream's subjects");
        }
    }
}
