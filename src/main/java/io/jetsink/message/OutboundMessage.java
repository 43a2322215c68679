package io.jetsink.message;

import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A message ready to be published. Immutable by agreement: nobody writes into {@code payload}.
 *
 * @param subject a valid, concrete subject: ASCII, no wildcard, no empty token
 * @param headers read-only headers, or null for none (then the message travels without a header block)
 * @param payload the body, empty for none
 */
public record OutboundMessage(String subject, @Nullable Headers headers, byte[] payload) {
    private static final String MESSAGE_ID = "Nats-Msg-Id";

    /** Whether the message has an id, without which it is no duplicate of another one. */
    public boolean isIdentified() {
        return headers != null && headers.containsKey(MESSAGE_ID);
    }

    /** What this message counts against {@code publish.max.pending.bytes}. */
    public int size() {
        return subject.length() + payload.length + (headers == null ? 0 : headers.serializedLength());
    }
}
