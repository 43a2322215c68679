package io.jetsink.publish.preflight;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;

/**
 * A problem of the configuration.
 *
 * @param key of the configuration that has to change
 */
public record ConfigProblem(String key, Problem problem) {
    ConfigProblem(String key, ErrorCode code, String text) {
        this(key, new Problem(code, text));
    }
}
