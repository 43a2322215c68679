package io.jetsink.tool;

import io.jetsink.message.LogSafeText;
import org.jspecify.annotations.Nullable;

/** Texts of exceptions for people. */
final class Failures {
    private static final int MAX_CAUSES = 8;
    private static final int MAX_CHARS = 2_000;

    private Failures() {}

    /** Returns the messages of an exception and its causes, each once. */
    static String describe(Throwable failure) {
        StringBuilder text = new StringBuilder();
        Throwable next = failure;
        for (int i = 0; i < MAX_CAUSES && next != null; i++) {
            String message = next.getMessage();
            boolean own = next instanceof ToolException || next instanceof ConversionException;
            String shown = own && message != null ? message : described(next, message);
            if (text.indexOf(shown) < 0 && (message == null || text.indexOf(message) < 0)) {
                text.append(text.isEmpty() ? "" : ": ").append(shown);
            }
            next = next.getCause();
        }
        return text.toString();
    }

    private static String described(Throwable failure, @Nullable String message) {
        String type = failure.getClass().getSimpleName();
        return message == null ? type : type + ": " + LogSafeText.of(message, MAX_CHARS);
    }
}
