package io.jetsink.translate.subject;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits the text of {@code subject.routes} into its entries ({@code pattern -> template}).
 *
 * <p>Line breaks and semicolons separate entries. A comma separates entries if it is outside of brackets, if an arrow
 * precedes it in the same entry, and if another arrow follows before the next such comma. Other commas are part of the
 * pattern or of the template.
 */
final class RouteSyntax {
    static final String ARROW = "->";

    private RouteSyntax() {}

    /** Returns the entries without surrounding blanks. The list is empty if the text has no entry. */
    static List<String> of(String text) {
        List<String> entries = new ArrayList<>();
        for (String part : text.split("[;\\r\\n]", -1)) {
            StringBuilder entry = new StringBuilder();
            for (String piece : outside(part, ",")) {
                if (entry.indexOf(ARROW) >= 0 && piece.contains(ARROW)) {
                    entries.add(entry.toString().strip());
                    entry.setLength(0);
                } else if (!entry.isEmpty()) {
                    entry.append(',');
                }
                entry.append(piece);
            }
            entries.add(entry.toString().strip());
        }
        entries.removeIf(String::isEmpty);
        return entries;
    }

    /** Returns the index of the arrow of an entry, or -1 if the entry has no arrow. */
    static int arrow(String entry) {
        int outside = outside(entry, ARROW).get(0).length();
        return outside < entry.length() ? outside : entry.indexOf(ARROW);
    }

    /** Splits a text at the separators that are neither within brackets nor after a backslash. */
    private static List<String> outside(String text, String separator) {
        List<String> parts = new ArrayList<>();
        int begin = 0;
        int depth = 0;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\') {
                at++;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth = Math.max(0, depth - 1);
            } else if (depth == 0 && text.startsWith(separator, at)) {
                parts.add(text.substring(begin, at));
                begin = at + separator.length();
                at = begin - 1;
            }
        }
        parts.add(text.substring(begin));
        return parts;
    }
}
