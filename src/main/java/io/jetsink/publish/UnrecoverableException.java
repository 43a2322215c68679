package io.jetsink.publish;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import org.jspecify.annotations.Nullable;

/** A failure that retrying cannot fix. Fails the task; the message names what to change. */
public final class UnrecoverableException extends CodedException {
    private static final long serialVersionUID = 1L;

    public UnrecoverableException(ErrorCode code, String message) {
        super(code, message);
    }

    public UnrecoverableException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
