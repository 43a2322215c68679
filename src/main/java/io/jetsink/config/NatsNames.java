package io.jetsink.config;

import org.jspecify.annotations.Nullable;

/** What NATS takes as the name of a stream or domain, and as the beginning of a subject. */
final class NatsNames {
    private static final int MAX_NAME = 255;

    private NatsNames() {}

    static Rule name() {
        String excluded = ".*>/\\";
        return Rule.matching(
                "printable ASCII without spaces and without any of . * > / \\, of at most " + MAX_NAME + " characters",
                value -> isToken((String) value, excluded));
    }

    static Rule subjectPrefix(boolean systemAllowed) {
        return new Rule(
                "a subject without wildcards, of at most " + MAX_NAME + " characters",
                value -> problemOfPrefix(withoutTrailingDot((String) value), systemAllowed));
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
