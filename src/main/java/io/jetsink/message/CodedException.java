package io.jetsink.message;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failure of the connection or of a request, with its code. */
public class CodedException extends IOException implements Coded {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    public CodedException(ErrorCode code, String message) {
        this(code, message, null);
    }

    public CodedException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    @Override
    public final ErrorCode code() {
        return code;
    }
}
