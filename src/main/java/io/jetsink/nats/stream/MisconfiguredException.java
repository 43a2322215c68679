package io.jetsink.nats.stream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A misconfiguration that may still resolve itself, such as a missing stream or a missing permission. The task fails if it
 * persists. The message names what to change.
 */
public class MisconfiguredException extends IOException {
    private static final long serialVersionUID = 1L;

    public MisconfiguredException(String message) {
        super(message);
    }

    public MisconfiguredException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
