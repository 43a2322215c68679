package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A configuration that is being checked: its accepted values, and at most one error for each key. */
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

    /**
     * Keeps the first error of a key: later errors are usually its consequence.
     *
     * @param problem completes "&lt;key&gt; …"
     */
    void refuse(ErrorCode code, String key, String problem) {
        errors.putIfAbsent(key, code.text(key + " " + problem));
    }

    /** Refuses each of these keys that the user has set. */
    void refuseGiven(List<String> keys, String problem) {
        keys.stream().filter(given::contains).forEach(key -> refuse(ErrorCode.CONFLICTING_KEYS, key, problem));
    }

    /** Refuses each of these keys that the user has set, if another key has a value with which they have no effect. */
    void refuseUnless(String other, String value, List<String> keys) {
        if (isOther(other, value)) {
            refuseGiven(keys, "has no effect without " + other + "=" + value + ": set that, or remove this key");
        }
    }

    /** Refuses a configuration without {@code key}, if {@code other} has the value that requires it. */
    void require(String key, String other, String value) {
        if (is(other, value) && !given.contains(key)) {
            refuse(ErrorCode.CONFLICTING_KEYS, key, "is missing and required by " + other + "=" + value + ": set it");
        }
    }

    /** Refuses a key that the user has set without its companion. */
    void requireWith(String key, String companion) {
        if (given.contains(key) && !given.contains(companion)) {
            refuse(
                    ErrorCode.CONFLICTING_KEYS,
                    key,
                    "requires " + companion + ": set " + companion + ", or remove " + key);
        }
    }

    boolean isGiven(String key) {
        return given.contains(key);
    }

    /** Returns the parsed value, given or default; null if there is none or it was refused. */
    @Nullable
    Object value(String key) {
        return values.get(key);
    }

    /** Whether the key has this value, ignoring case. */
    boolean is(String key, String value) {
        return value.equalsIgnoreCase(String.valueOf(values.get(key)));
    }

    /** Whether the key has an accepted value, and another one than this. */
    boolean isOther(String key, String value) {
        return values.containsKey(key) && !is(key, value);
    }

    /** Whether a time or size has a limit. */
    boolean isLimited(String key) {
        return values.get(key) instanceof Long limit && limit != KeyGroup.UNLIMITED;
    }

    @Nullable
    String error(String key) {
        return errors.get(key);
    }
}
