package io.jetsink.publish;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Nothing will get better by waiting: a person has to change what the message names. */
public class UnrecoverableException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnrecoverableException(String message) {
        super(message);
    }

    public UnrecoverableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
