package io.jetsink.translate;

import org.jspecify.annotations.Nullable;

/** What every subject has to be, whoever made it. */
final class SubjectRules {
    private SubjectRules() {}

    /** Completes "the subject …" with what is wrong; null: nothing is. */
    static @Nullable String problem(@Nullable String subject) {
        if (subject == null || subject.isEmpty()) {
            return "is missing";
        }
        if (subject.length() > SubjectBuffer.MAX_BYTES) {
            return "is longer than " + SubjectBuffer.MAX_BYTES + " bytes";
        }
        String reserved = SubjectBuffer.reservedPrefix(subject);
        if (reserved != null) {
            return "begins with " + reserved + ", which NATS keeps for itself";
        }
        int dots = 0;
        boolean empty = true;
        for (int at = 0; at < subject.length(); at++) {
            char c = subject.charAt(at);
            if (c <= ' ' || c > '~') {
                return "holds a blank, a control or a non-ASCII character";
            }
            if (c == '*' || c == '>') {
                return "holds a wildcard";
            }
            if (c == '.') {
                if (empty) {
                    return "has an empty token";
                }
                dots++;
            }
            empty = c == '.';
        }
        if (empty) {
            return "has an empty token";
        }
        return dots >= SubjectBuffer.MAX_TOKENS ? "has more than " + SubjectBuffer.MAX_TOKENS + " tokens" : null;
    }
}
