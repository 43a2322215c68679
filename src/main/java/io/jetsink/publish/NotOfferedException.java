package io.jetsink.publish;

import java.io.IOException;

/** What the mode needs is not offered by the server or the stream, now. */
final class NotOfferedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** "batch publish is disabled" (nats-server 2.14, errors.json). */
    static final int DISABLED = 10205;

    NotOfferedException(String message) {
        super(message);
    }
}
