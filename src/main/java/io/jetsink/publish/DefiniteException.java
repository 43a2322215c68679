package io.jetsink.publish;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Nothing will get better by waiting: a person has to change what the message names. */
public class DefiniteException extends IOException {
    private static final long serialVersionUID = 1L;

    public DefiniteException(String message) {
        super(message);
    }

    public DefiniteException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
