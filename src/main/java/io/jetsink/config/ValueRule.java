package io.jetsink.config;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * What a key's value must be. Unlike Kafka's own validators it never puts the value into its message: a value may be a
 * secret, also one that landed at the wrong key.
 *
 * @param expectation completes "must be …", for messages and for the reference
 * @param check says what is wrong with a value
 */
record ValueRule(String expectation, Check check) implements ConfigDef.Validator {

    /** Longest text of an ordinary key; nothing that NATS takes as a name, path or template comes near. */
    static final int MAX_TEXT = 4_096;

    private static final int MAX_LINES = 64 * 1024;
    private static final int MAX_SECRET = 64 * 1024;
    private static final int MAX_PEM = 1024 * 1024;

    /** An hour. Above it lies nothing but a wrong unit, and at 25 days what clients count in an int. */
    private static final long MAX_MILLIS = Duration.ofHours(1).toMillis();

    /** A year, far from what overflows when it is added to a clock. */
    private static final long MAX_LONG_MILLIS = Duration.ofDays(365).toMillis();

    @FunctionalInterface
    interface Check {
        /** Completes "&lt;key&gt; …" with what is wrong, without the value; null: nothing is. */
        @Nullable
        String problem(Object value);
    }

    /** A null value is a key that is not set, which is nobody's mistake here. */
    @Override
    public void ensureValid(String key, @Nullable Object value) {
        String problem = value == null ? null : check.problem(value);
        if (problem != null) {
            throw new ConfigException(key + " " + problem);
        }
    }

    @Override
    public String toString() {
        return expectation;
    }

    static ValueRule wholeNumber(long min, long max) {
        return matching("a whole number from " + min + " to " + max, value -> isBetween(value, min, max));
    }

    static ValueRule millis(long min) {
        return wholeNumber(min, MAX_MILLIS);
    }

    /** Milliseconds that may go on for days, or a number with a meaning of its own. */
    static ValueRule longMillisOr(long special, long min) {
        return wholeNumberOr(special, min, MAX_LONG_MILLIS);
    }

    /** A whole number, or one with a meaning of its own. */
    static ValueRule wholeNumberOr(long special, long min, long max) {
        return matching(
                special + " or a whole number from " + min + " to " + max,
                value -> ((Number) value).longValue() == special || isBetween(value, min, max));
    }

    static ValueRule flag() {
        return new ValueRule("true or false", value -> null);
    }

    static ValueRule text() {
        return new ValueRule(
                "a text without control characters, of at most " + MAX_TEXT + " characters",
                value -> problemOfText((String) value, MAX_TEXT));
    }

    /** Text of several lines. */
    static ValueRule lines() {
        return new ValueRule(
                "a text of at most " + MAX_LINES + " characters",
                value -> ((String) value).isBlank()
                        ? "must not be empty; leave the key out if it is not needed"
                        : ((String) value).length() > MAX_LINES ? "is longer than " + MAX_LINES + " characters" : null);
    }

    /** A secret of one line. */
    static ValueRule secret() {
        return new ValueRule(
                "one line without control characters, of at most " + MAX_SECRET + " characters",
                value -> problemOfText(((Password) value).value(), MAX_SECRET));
    }

    static ValueRule pem() {
        return new ValueRule("PEM text, of at most " + MAX_PEM + " characters", value -> {
            String text = ((Password) value).value();
            if (text.length() > MAX_PEM) {
                return "is longer than " + MAX_PEM + " characters";
            }
            return text.contains("-----BEGIN ") ? null : "has no PEM block (-----BEGIN ...)";
        });
    }

    static ValueRule matching(String expectation, Predicate<Object> accepts) {
        return new ValueRule(expectation, value -> accepts.test(value) ? null : "must be " + expectation);
    }

    static ValueRule list() {
        return new ValueRule(
                "a comma separated list",
                value -> ((List<?>) value).stream().anyMatch(entry -> problemOfText((String) entry, MAX_TEXT) != null)
                        ? "has an entry that is empty, too long or with control characters"
                        : null);
    }

    static @Nullable String problemOfText(String text, int max) {
        if (text.isBlank()) {
            return "must not be empty; leave the key out if it is not needed";
        }
        if (text.length() > max) {
            return "is longer than " + max + " characters";
        }
        return text.chars().anyMatch(ValueRule::isControl)
                ? "contains a line break or another control character"
                : null;
    }

    static boolean isControl(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }

    private static boolean isBetween(Object value, long min, long max) {
        long number = ((Number) value).longValue();
        return min <= number && number <= max;
    }
}
