package io.jetsink.message;

/**
 * Text of others, such as names in records or words of a server, on its way into a log line or an error: it can neither
 * begin a line of its own, nor move the cursor of a terminal, nor fill a disk.
 */
public final class LogSafeText {
    /** Of what comes with records. */
    private static final int MAX_CHARS = 128;

    private LogSafeText() {}

    /** Escaped, and cut to 128 characters of the original. */
    public static String of(String text) {
        return of(text, MAX_CHARS);
    }

    /** Escaped, and cut to so many characters of the original. */
    public static String of(String text, int max) {
        return text.length() > max ? escaped(text.substring(0, max)) + "..." : escaped(text);
    }

    /**
     * With control and format characters, halves of pairs, and whatever else has no shape of its own, as Java escapes them: a
     * backslash, a {@code u} and four hexadecimal digits.
     */
    public static String escaped(String text) {
        StringBuilder shown = null;
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            int end = at + Character.charCount(c);
            if (isPlain(c)) {
                if (shown != null) {
                    shown.appendCodePoint(c);
                }
            } else {
                shown = shown == null ? new StringBuilder(text.length() + 16).append(text, 0, at) : shown;
                for (; at < end; at++) {
                    shown.append(String.format("\\u%04X", (int) text.charAt(at)));
                }
            }
            at = end;
        }
        return shown == null ? text : shown.toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
