package io.jetsink.nats.stream;

import java.io.IOException;

/** The server will never create the stream as it is configured. The message names the keys. */
public final class StreamRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    StreamRefusedException(String message, Throwable cause) {
        super(message, cause);
    }
}
