package io.jetsink.translate;

import java.util.List;

/**
 * A name in which {@code *} represents any number of characters. Case is significant. The number of steps of a match is at
 * most the product of both lengths.
 */
final class HeaderNamePattern {
    /** The text between asterisks. The first and the last piece may be empty. */
    private final String[] pieces;

    HeaderNamePattern(String pattern) {
        this.pieces = pattern.split("\\*", -1);
    }

    static HeaderNamePattern[] all(List<String> patterns) {
        return patterns.stream().map(HeaderNamePattern::new).toArray(HeaderNamePattern[]::new);
    }

    static boolean anyMatches(HeaderNamePattern[] patterns, String name) {
        for (HeaderNamePattern pattern : patterns) {
            if (pattern.matches(name)) {
                return true;
            }
        }
        return false;
    }

    boolean matches(String name) {
        String first = pieces[0];
        if (pieces.length == 1) {
            return name.equals(first);
        }
        String last = pieces[pieces.length - 1];
        int end = name.length() - last.length();
        if (!name.startsWith(first) || !name.endsWith(last)) {
            return false;
        }
        // The leftmost position of each piece leaves the most room for those after it.
        int at = first.length();
        for (int piece = 1; piece < pieces.length - 1; piece++) {
            int found = name.indexOf(pieces[piece], at);
            if (found < 0) {
                return false;
            }
            at = found + pieces[piece].length();
        }
        return at <= end;
    }
}
