package io.jetsink.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A configuration being checked: its values as far as they are good, and at most one error for each key. */
final class ValidationContext {
    private final Set<String> given;
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, String> errors = new HashMap<>();

    /** @param given the keys that the user has set */
    ValidationContext(Set<String> given) {
        this.given = Set.copyOf(given);
    }

    void accept(String key, Object value) {
        values.put(key, value);
    }

    /** Keeps the first error of a key: a later one is mostly its consequence. */
    void refuse(String key, String message) {
        errors.putIfAbsent(key, message);
    }

    boolean isGiven(String key) {
        return given.contains(key);
    }

    /** The parsed value, be it given or the default; null where there is none, or none that was accepted. */
    @Nullable
    Object value(String key) {
        return values.get(key);
    }

    @Nullable
    String error(String key) {
        return errors.get(key);
    }
}
