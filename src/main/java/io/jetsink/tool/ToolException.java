package io.jetsink.tool;

import org.jspecify.annotations.Nullable;

/** A problem that ends the command with status 1. The message has cause and action, and no secrets. */
final class ToolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ToolException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
