package io.jetsink.translate;

import io.jetsink.message.LogSafeText;
import org.jspecify.annotations.Nullable;

/**
 * A copy of an exception of a plug-in that can be logged. The message may quote the record, so it is escaped and truncated.
 * The stack trace is that of the original.
 */
final class RedactedFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;
    /** A limit, because causes can form a circle. */
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
