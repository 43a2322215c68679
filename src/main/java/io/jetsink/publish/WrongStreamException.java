package io.jetsink.publish;

import io.jetsink.nats.stream.MisconfiguredException;

/** Another stream than the configured one stores the messages, and the configured one does not ack them (ADR 0027). */
public final class WrongStreamException extends MisconfiguredException {
    private static final long serialVersionUID = 1L;

    WrongStreamException(String message) {
        super(message);
    }
}
