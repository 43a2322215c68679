package io.jetsink.message;

/**
 * Makes foreign text, such as names in records or errors of a server, safe for log lines and error messages: the text can
 * neither begin a line of its own, nor move the cursor of a terminal, nor fill a disk.
 */
public final class LogSafeText {
    /** Limit for text from records. */
    private static final int MAX_CHARS = 128;

    private LogSafeText() {}

    /** Returns the text escaped, and cut to 128 characters of the original. */
    public static String of(String text) {
        return of(text, MAX_CHARS);
    }

    /** Returns the text escaped, and cut to {@code max} characters of the original. */
    public static String of(String text, int max) {
        return text.length() > max ? escaped(text.substring(0, max)) + "..." : escaped(text);
    }

    /**
     * Returns the text with control characters, format characters, unpaired surrogates and other invisible characters escaped
     * as in Java: a backslash, a {@code u} and four hexadecimal digits.
     */
    public static String escaped(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isPlain(c)) {
                shown.appendCodePoint(c);
            } else {
                for (char half : Character.toChars(c)) {
                    shown.append(String.format("\\u%04X", (int) half));
                }
            }
        });
        return shown.toString();
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
