package io.jetsink.publish;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something that a person has to mend, unless it passes: a stream that is missing, a permission, a feature. Fails the task
 * when it lasts for a minute, see {@link MisconfigurationGrace}. The message names what to change.
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
