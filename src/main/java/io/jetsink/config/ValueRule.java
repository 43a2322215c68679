package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.types.Password;
import org.jspecify.annotations.Nullable;

/**
 * The valid values of a key. Unlike Kafka's own validators it never puts a value into a message: any value can be a secret
 * that was set at the wrong key.
 *
 * @param expectation completes "must be …", for errors and for the reference
 * @param check finds the problem of a value
 * @param code of that problem
 */
record ValueRule(String expectation, Check check, ErrorCode code) implements ConfigDef.Validator {

    ValueRule(String expectation, Check check) {
        this(expectation, check, ErrorCode.INVALID_VALUE);
    }

    /** Longest text of an ordinary key. Names, paths and templates are much shorter. */
    static final int MAX_TEXT = 4_096;

    private static final int MAX_LINES = 64 * 1024;
    private static final int MAX_SECRET = 64 * 1024;
    private static final int MAX_PEM = 1024 * 1024;

    /** One hour. A larger value is a unit mistake; beyond 25 days it would overflow the int milliseconds of clients. */
    private static final long MAX_MILLIS = Duration.ofHours(1).toMillis();

    /** One year, which cannot overflow when it is added to a clock. */
    private static final long MAX_LONG_MILLIS = Duration.ofDays(365).toMillis();

    @FunctionalInterface
    interface Check {
        /** Completes "&lt;key&gt; …" with the problem, without the value; null: the value is valid. */
        @Nullable
        String problem(Object value);
    }

    /** Accepts null, the value of a key that is not set. */
    @Override
    public void ensureValid(String key, @Nullable Object value) {
        String problem = value == null ? null : check.problem(value);
        if (problem != null) {
            throw new ConfigException(code.text(key + " " + problem));
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

    /** Milliseconds, up to a year, or one special number. */
    static ValueRule longMillisOr(long special, long min) {
        return wholeNumberOr(special, min, MAX_LONG_MILLIS);
    }

    /** A whole number from a range, or one special number. */
    static ValueRule wholeNumberOr(long special, long min, long max) {
        return matching(
                special + " or a whole number from " + min + " to " + max,
                value -> ((Number) value).longValue() == special || isBetween(value, min, max));
    }

    /** A whole number from a range, as text, or one special word. */
    static ValueRule wholeNumberOrText(String special, int min, int max) {
        return matching(special + " or a whole number from " + min + " to " + max, value -> {
            String text = ((String) value).trim();
            return text.equals(special)
                    || (text.matches("[+-]?\\d{1,9}") && isBetween(Integer.parseInt(text), min, max));
        });
    }

    static ValueRule flag() {
        return new ValueRule("true or false", value -> null);
    }

    static ValueRule text() {
        return new ValueRule(
                "a text without control characters, of at most " + MAX_TEXT + " characters",
                value -> problemOfText((String) value, MAX_TEXT));
    }

    static ValueRule lines() {
        return new ValueRule(
                "a text of at most " + MAX_LINES + " characters", value -> problemOfSize((String) value, MAX_LINES));
    }

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
            return text.contains("-----BEGIN ")
                    ? null
                    : "has no PEM block (-----BEGIN ...): set it to PEM text, line breaks included";
        });
    }

    static ValueRule matching(String expectation, Predicate<Object> accepts) {
        return new ValueRule(expectation, value -> accepts.test(value) ? null : "must be " + expectation);
    }

    static ValueRule list() {
        return new ValueRule("a comma separated list", value -> problemOfEntries(value, MAX_TEXT));
    }

    static @Nullable String problemOfEntries(Object list, int max) {
        return ((List<?>) list).stream().anyMatch(entry -> problemOfText((String) entry, max) != null)
                ? "has an entry that is empty, too long or contains control characters"
                : null;
    }

    static @Nullable String problemOfText(String text, int max) {
        String problem = problemOfSize(text, max);
        return problem == null && text.chars().anyMatch(ValueRule::isControl)
                ? "contains a line break or another control character"
                : problem;
    }

    private static @Nullable String problemOfSize(String text, int max) {
        if (text.isBlank()) {
            return "must not be empty: set it, or remove it";
        }
        return text.length() > max ? "is longer than " + max + " characters" : null;
    }

    static boolean isControl(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }

    private static boolean isBetween(Object value, long min, long max) {
        long number = ((Number) value).longValue();
        return min <= number && number <= max;
    }
}
