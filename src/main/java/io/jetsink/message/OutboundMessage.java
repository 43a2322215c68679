package io.jetsink.message;

import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import org.jspecify.annotations.Nullable;

/**
 * A message ready to be published. Immutable by agreement: no code writes into {@code payload}.
 *
 * @param subject a valid, concrete subject: ASCII, no wildcard, no empty token
 * @param headers read-only headers, or null for none (then the message has no header block)
 * @param payload the body, empty for none
 */
public record OutboundMessage(String subject, @Nullable Headers headers, byte[] payload) {
    /** Whether the message has an id, without which it is not a duplicate of another one. */
    public boolean isIdentified() {
        return headers != null && headers.containsKey(NatsJetStreamConstants.MSG_ID_HDR);
    }

    /** Bytes that count against {@code publish.max.pending.bytes}. */
    public int size() {
        return subject.length() + limitedSize();
    }

    /** Bytes that count against the server's {@code max_payload} and the stream's {@code max_msg_size}. */
    public int limitedSize() {
        return payload.length + (headers == null ? 0 : headers.serializedLength());
    }
}
