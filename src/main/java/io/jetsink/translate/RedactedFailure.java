package io.jetsink.translate;

import io.jetsink.message.LogSafeText;
import org.jspecify.annotations.Nullable;

/**
 * What a class of somebody else has thrown about a record, fit to be logged: its message may quote the record, so it is
 * escaped and cut. Looks like the original in a stack trace.
 */
final class RedactedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** Nobody reads on, and it could be a circle. */
    private static final int MAX_CAUSES = 8;

    private final String thrown;

    private RedactedFailure(Throwable original, @Nullable Throwable cause) {
        super(shown(original), cause, false, true);
        thrown = original.getClass().getName();
        setStackTrace(original.getStackTrace());
    }

    static RedactedFailure of(Throwable original) {
        return of(original, MAX_CAUSES);
    }

    private static RedactedFailure of(Throwable original, int causes) {
        Throwable cause = original.getCause();
        return new RedactedFailure(original, cause == null || causes == 0 ? null : of(cause, causes - 1));
    }

    private static @Nullable String shown(Throwable original) {
        String message = original.getMessage();
        return message == null ? null : LogSafeText.of(message);
    }

    @Override
    public String toString() {
        return getMessage() == null ? thrown : thrown + ": " + getMessage();
    }
}
