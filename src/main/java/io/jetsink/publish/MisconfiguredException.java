package io.jetsink.publish;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A misconfiguration that may still resolve itself, such as a missing stream or permission. Fails the task if it lasts, see
 * {@link MisconfigurationGrace}. The message names what to change.
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
