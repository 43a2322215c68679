package io.jetsink.message;

import org.jspecify.annotations.Nullable;

/** The algebra of NATS' subject filters: {@code *} matches one token, a last {@code >} matches one or more. */
public final class SubjectFilter {
    private SubjectFilter() {}

    /** Returns whether a text is a valid filter: tokens of printable ASCII with dots between them, wildcards alone in a token. */
    public static boolean isValid(@Nullable String filter) {
        if (filter == null) {
            return false;
        }
        String[] tokens = filter.split("\\.", -1);
        for (int i = 0; i < tokens.length; i++) {
            String token = tokens[i];
            boolean wildcard = token.equals("*") || (token.equals(">") && i == tokens.length - 1);
            if (!wildcard && !isToken(token)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isToken(String token) {
        return !token.isEmpty() && token.chars().allMatch(c -> c > ' ' && c <= '~' && c != '*' && c != '>');
    }

    /** Returns whether a filter has a wildcard. */
    public static boolean isPattern(String filter) {
        return filter.indexOf('*') >= 0 || filter.indexOf('>') >= 0;
    }

    /** Returns whether a subject exists that both filters match. */
    public static boolean overlaps(String one, String other) {
        String[] ones = one.split("\\.");
        String[] others = other.split("\\.");
        for (int i = 0; i < Math.min(ones.length, others.length); i++) {
            if (ones[i].equals(">") || others[i].equals(">")) {
                return true;
            }
            if (!ones[i].equals("*") && !others[i].equals("*") && !ones[i].equals(others[i])) {
                return false;
            }
        }
        return ones.length == others.length;
    }

    /** Returns whether a filter matches a subject, or every subject that another filter matches. */
    public static boolean covers(String filter, String subject) {
        int p = 0;
        int s = 0;
        while (p < filter.length() && s < subject.length()) {
            int filterEnd = end(filter, p);
            int subjectEnd = end(subject, s);
            if (filterEnd - p == 1 && filter.charAt(p) == '>') {
                return true;
            }
            boolean rest = subjectEnd - s == 1 && subject.charAt(s) == '>';
            boolean any = filterEnd - p == 1 && filter.charAt(p) == '*';
            if (rest || (!any && !filter.regionMatches(p, subject, s, Math.max(filterEnd - p, subjectEnd - s)))) {
                return false;
            }
            p = filterEnd + 1;
            s = subjectEnd + 1;
        }
        return p > filter.length() && s > subject.length();
    }

    private static int end(String subject, int from) {
        int dot = subject.indexOf('.', from);
        return dot < 0 ? subject.length() : dot;
    }
}
