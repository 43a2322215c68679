package io.jetsink.config;

import io.jetsink.message.SubjectFilter;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What NATS takes as the name of a stream or domain, and as the beginning of a subject. */
public final class NatsNames {
    private static final int MAX_NAME = 255;
    private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9_-]+");

    private NatsNames() {}

    static ValueRule name() {
        String excluded = ".*>/\\";
        return ValueRule.matching(
                "printable ASCII without spaces and without any of . * > / \\, of at most " + MAX_NAME + " characters",
                value -> isToken((String) value, excluded));
    }

    static ValueRule subjectPrefix(boolean systemAllowed) {
        return new ValueRule(
                "a subject without wildcards, of at most " + MAX_NAME + " characters",
                value -> problemOfPrefix(withoutTrailingDot((String) value), systemAllowed));
    }

    /** A bucket of keys and values, or of objects. */
    static ValueRule bucket() {
        return ValueRule.matching(
                "letters, digits, _ and -, at most " + MAX_NAME + " of them",
                value -> ((String) value).length() <= MAX_NAME
                        && BUCKET.matcher((String) value).matches());
    }

    static ValueRule headerName() {
        return new ValueRule(
                "a header's name of printable ASCII without spaces and colons, which is no command to NATS",
                value -> problemOfHeader((String) value));
    }

    /** Names of headers with wildcards; what NATS keeps for itself is left out of what they match. */
    static ValueRule headerPatterns() {
        return new ValueRule(
                "a comma separated list of header names, in which * stands for any characters",
                value -> ((List<?>) value)
                                .stream().anyMatch(entry -> ValueRule.problemOfText((String) entry, MAX_NAME) != null)
                        ? "has an entry that is empty, too long or with control characters"
                        : null);
    }

    /** What goes into headers as it is. */
    static ValueRule headerValue() {
        return ValueRule.matching(
                "printable ASCII without spaces, of at most " + MAX_NAME + " characters",
                value -> isToken((String) value, ""));
    }

    /** Whether NATS or its clients take a header of this name for a command, which no record may give. */
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
        return isReservedHeader(name) ? "must not be the name of a command to NATS" : null;
    }

    /** Subjects of a stream, wildcards allowed. */
    static ValueRule subjects() {
        return new ValueRule("a comma separated list of subjects, wildcards allowed", value -> {
            for (Object subject : (List<?>) value) {
                if (!SubjectFilter.isValid((String) subject)) {
                    return "must hold subjects made of tokens with dots between, each of printable ASCII without "
                            + "spaces, * alone for any token, > alone for the rest";
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
                return "must be made of tokens with dots between, each of printable ASCII without spaces, * and >";
            }
        }
        return !systemAllowed && prefix.startsWith("$") ? "must not start with $, which is the server's own" : null;
    }

    private static boolean isToken(String text, String excluded) {
        return !text.isEmpty()
                && text.length() <= MAX_NAME
                && text.chars().allMatch(c -> c > ' ' && c < 0x7f && excluded.indexOf(c) < 0);
    }
}
