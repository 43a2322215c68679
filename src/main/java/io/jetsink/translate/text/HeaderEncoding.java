package io.jetsink.translate.text;

import java.nio.charset.StandardCharsets;

/**
 * Names and values of headers as NATS can carry them: jnats takes no value outside of ASCII and no name with a blank or a
 * colon, and readers lose blanks at the ends of a value (jnats 2.26.2).
 *
 * <p>What is encoded is encoded byte by byte of its UTF-8. Half a surrogate pair, which has none, becomes the three bytes
 * that UTF-8's scheme yields for its number, as in subjects.
 */
public final class HeaderEncoding {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private HeaderEncoding() {}

    /** A name. Decoding gives it back: percent signs are encoded, too, so no two names become one. */
    public static String name(String name) {
        for (int at = 0; at < name.length(); at++) {
            if (!isPlainInName(name.charAt(at))) {
                return encoded(name, true);
            }
        }
        return name;
    }

    /** A value: as it is if that survives, else encoded whole. */
    public static String value(String value) {
        return survives(value) ? value : encoded(value, false);
    }

    /** Whether a value reaches a reader as it is. */
    public static boolean survives(String value) {
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c < ' ' || c > '~' || (c == ' ' && (at == 0 || at == value.length() - 1))) {
                return false;
            }
        }
        return true;
    }

    /** The same as {@link #value(String)} of bytes. */
    public static String value(byte[] value) {
        for (int at = 0; at < value.length; at++) {
            byte b = value[at];
            if (b < ' ' || b > '~' || (b == ' ' && (at == 0 || at == value.length - 1))) {
                return encoded(value);
            }
        }
        return latin1(value);
    }

    /** A text without blanks, encoded wherever that is needed, so that no two texts become one. */
    public static String word(String text) {
        for (int at = 0; at < text.length(); at++) {
            if (!isPlainInValue(text.charAt(at))) {
                return encoded(text, false);
            }
        }
        return text;
    }

    /** The same of bytes. Bytes that are the UTF-8 of a text have the same word as that text. */
    public static String word(byte[] bytes) {
        for (byte b : bytes) {
            if (b < 0 || !isPlainInValue((char) b)) {
                return encoded(bytes);
            }
        }
        return latin1(bytes);
    }

    private static String latin1(byte[] ascii) {
        return new String(ascii, StandardCharsets.ISO_8859_1);
    }

    private static String encoded(byte[] bytes) {
        StringBuilder out = new StringBuilder(bytes.length + 16);
        for (byte b : bytes) {
            octet(out, b & 0xFF, false);
        }
        return out.toString();
    }

    private static String encoded(String text, boolean name) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int at = 0; at < text.length(); ) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (c < 0x80) {
                octet(out, c, name);
                continue;
            }
            if (c < 0x800) {
                octet(out, 0xC0 | c >> 6, name);
            } else {
                if (c < 0x10000) {
                    octet(out, 0xE0 | c >> 12, name);
                } else {
                    octet(out, 0xF0 | c >> 18, name);
                    octet(out, 0x80 | c >> 12 & 0x3F, name);
                }
                octet(out, 0x80 | c >> 6 & 0x3F, name);
            }
            octet(out, 0x80 | c & 0x3F, name);
        }
        return out.toString();
    }

    private static void octet(StringBuilder out, int octet, boolean name) {
        char c = (char) octet;
        if (name ? isPlainInName(c) : isPlainInValue(c)) {
            out.append(c);
        } else {
            out.append('%').append(HEX[octet >> 4]).append(HEX[octet & 0xF]);
        }
    }

    private static boolean isPlainInName(char c) {
        return c > ' ' && c <= '~' && c != ':' && c != '%';
    }

    /** What the CloudEvents binding for NATS leaves as it is. */
    private static boolean isPlainInValue(char c) {
        return c > ' ' && c <= '~' && c != '"' && c != '%';
    }
}
