package io.jetsink.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jetsink.message.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A problem of a configuration, in the words of Connect's REST API.
 *
 * @param key of the configuration that has to change
 * @param message begins with the code, if it has one
 */
record Finding(String key, String message) {
    /** Returns the code at the beginning of a message of the connector, or null for another message. */
    static @Nullable ErrorCode code(String message) {
        for (ErrorCode code : ErrorCode.values()) {
            if (message.startsWith(code + " ")) {
                return code;
            }
        }
        return null;
    }

    ObjectNode json() {
        ErrorCode code = code(message);
        return Output.object()
                .put("key", key)
                .put("code", code == null ? null : code.id())
                .put("message", message);
    }
}
