package io.jetsink.tool;

import org.jspecify.annotations.Nullable;

/** A problem that ends the command with status 1. The message has cause and action, and no secrets. */
final class ToolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String key;

    ToolException(String message, @Nullable Throwable cause) {
        this(null, message, cause);
    }

    /** @param key of the configuration that has to change, or null */
    ToolException(@Nullable String key, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.key = key;
    }

    @Nullable
    String key() {
        return key;
    }
}
