package io.jetsink.publish;

import java.io.IOException;

/** An error that JetStream answered, with its code (nats-server errors.json). */
final class StreamErrorException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int code;

    StreamErrorException(int code, String description) {
        super(description + " [" + code + "]");
        this.code = code;
    }

    int code() {
        return code;
    }
}
