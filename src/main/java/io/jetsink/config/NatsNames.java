package io.jetsink.config;

import io.jetsink.message.SubjectFilter;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The syntax of names, subjects and headers in NATS. */
public final class NatsNames {
    private static final int MAX_NAME = 255;
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9_-]+");

    private NatsNames() {}

    static ValueRule name() {
        return ValueRule.matching(
                "printable ASCII without spaces and without any of . * > / \\, of at most " + MAX_NAME + " characters",
                value -> isToken((String) value, ".*>/\\"));
    }

    static ValueRule subjectPrefix(boolean systemAllowed) {
        return new ValueRule(
                "a subject without wildcards, of at most " + MAX_NAME + " characters",
                value -> problemOfPrefix(withoutTrailingDot((String) value), systemAllowed));
    }

    /** The name of a key-value bucket or an object store. */
    static ValueRule bucket() {
        return ValueRule.matching(
                "letters, digits, _ and -, at most " + MAX_NAME + " of them",
                value -> ((String) value).length() <= MAX_NAME
                        && BUCKET.matcher((String) value).matches());
    }

    static ValueRule headerName() {
        return new ValueRule(
                "a header name of printable ASCII without spaces and colons that is not a command to NATS",
                value -> problemOfHeader((String) value));
    }

    /** Header names with wildcards. */
    static ValueRule headerPatterns() {
        return new ValueRule(
                "a comma separated list of header names, in which * matches any characters",
                value -> ValueRule.problemOfEntries(value, MAX_NAME));
    }

    /** A text that is used as a header value. */
    static ValueRule headerValue() {
        return ValueRule.matching(
                "printable ASCII without spaces, of at most " + MAX_NAME + " characters",
                value -> isToken((String) value, ""));
    }

    /** Whether a header of this name is a command to NATS or its clients. */
    public static boolean isReservedHeader(String name) {
        return name.regionMatches(true, 0, "Nats-", 0, 5)
                || name.equalsIgnoreCase("Status")
                || name.equalsIgnoreCase("Description")
                || name.equalsIgnoreCase("KV-Operation");
    }

    private static @Nullable String problemOfHeader(String name) {
        if (!isToken(name, ":")) {
            return "must be printable ASCII without spaces and colons, of at most " + MAX_NAME + " characters";
        }
        return isReservedHeader(name) ? "must not be a header that is a command to NATS" : null;
    }

    /** Subject filters: subjects with wildcards. */
    static ValueRule subjects() {
        return new ValueRule("a comma separated list of subjects, which may have wildcards", value -> {
            for (Object subject : (List<?>) value) {
                String filter = (String) subject;
                if (filter.length() > ValueRule.MAX_TEXT || !SubjectFilter.isValid(filter)) {
                    return "must be a list of subjects, each of tokens separated by dots; a token is printable ASCII "
                            + "without spaces, or * for any token, or > for all further tokens";
                }
            }
            return null;
        });
    }

    static String withoutTrailingDot(String prefix) {
        return prefix.endsWith(".") ? prefix.substring(0, prefix.length() - 1) : prefix;
    }

    private static @Nullable String problemOfPrefix(String prefix, boolean systemAllowed) {
        if (prefix.length() > MAX_NAME) {
            return "is longer than " + MAX_NAME + " characters";
        }
        for (String token : prefix.split("\\.", -1)) {
            if (!isToken(token, "*>")) {
                return "must consist of tokens separated by dots, each of printable ASCII without spaces, * and >";
            }
        }
        return !systemAllowed && prefix.startsWith("$")
                ? "must not start with $, which is reserved for the server"
                : null;
    }

    private static boolean isToken(String text, String excluded) {
        return !text.isEmpty()
                && text.length() <= MAX_NAME
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f && excluded.indexOf(c) < 0);
    }
}
