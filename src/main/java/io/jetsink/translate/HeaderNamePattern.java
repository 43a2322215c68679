package io.jetsink.translate;

/**
 * A name in which {@code *} stands for any characters, or none; case counts. No pattern takes more steps for a name than
 * the lengths of the two multiplied.
 */
final class HeaderNamePattern {
    /** What stands between the asterisks; the first and the last may be empty. */
    private final String[] pieces;

    HeaderNamePattern(String pattern) {
        this.pieces = pattern.split("\\*", -1);
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
        // The leftmost place of each piece leaves the most room for those behind it.
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
