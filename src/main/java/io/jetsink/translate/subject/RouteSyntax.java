package io.jetsink.translate.subject;

import java.util.ArrayList;
import java.util.List;

/**
 * The text of {@code subject.routes} in its entries: {@code pattern -> template}, parted by line breaks and semicolons, and
 * by commas where that is clear: a comma that is not within brackets, and with an arrow before it and one behind it before
 * the next such comma. Another comma belongs to the pattern or template that it is in.
 */
final class RouteSyntax {
    static final String ARROW = "->";

    private RouteSyntax() {}

    /** The entries, without blanks at their ends; none if the text has none. */
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

    /** Where the arrow of an entry begins; -1: it has none. */
    static int arrow(String entry) {
        int outside = outside(entry, ARROW).get(0).length();
        return outside < entry.length() ? outside : entry.indexOf(ARROW);
    }

    /** The parts between separators that are not within brackets, nor behind a backslash. */
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
