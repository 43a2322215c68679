package io.jetsink.nats.stream;

import io.jetsink.message.CodedException;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;
import org.jspecify.annotations.Nullable;

/**
 * A misconfiguration that may still resolve itself, such as a missing stream or a missing permission. The task fails if it
 * persists. The message names what to change.
 */
public class MisconfiguredException extends CodedException {
    private static final long serialVersionUID = 1L;

    public MisconfiguredException(Problem problem) {
        this(problem.code(), problem.text());
    }

    public MisconfiguredException(ErrorCode code, String message) {
        super(code, message);
    }

    public MisconfiguredException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
