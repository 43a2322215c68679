package io.jetsink.publish;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure that retrying cannot fix. Fails the task; the message names what to change. */
public final class UnrecoverableException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnrecoverableException(String message) {
        super(message);
    }

    public UnrecoverableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
