package io.jetsink.translate;

import java.nio.charset.StandardCharsets;

/**
 * Names and values of headers as NATS can carry them: jnats takes no value outside of ASCII and no name with a blank or a
 * colon, and readers lose blanks at the ends of a value (jnats 2.26.2).
 */
final class HeaderText {
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private HeaderText() {}

    /** A name, percent-encoded where it has to be. */
    static String name(String name) {
        for (int at = 0; at < name.length(); at++) {
            if (!isNamePart(name.charAt(at))) {
                return encoded(name.getBytes(StandardCharsets.UTF_8), true);
            }
        }
        return name;
    }

    /** A value: as it is if that survives, else encoded whole. */
    static String value(String value) {
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c < ' ' || c > '~' || (c == ' ' && (at == 0 || at == value.length() - 1))) {
                return encoded(value.getBytes(StandardCharsets.UTF_8), false);
            }
        }
        return value;
    }

    /** The same of bytes. */
    static String value(byte[] value) {
        for (int at = 0; at < value.length; at++) {
            byte b = value[at];
            if (b < ' ' || b > '~' || (b == ' ' && (at == 0 || at == value.length - 1))) {
                return encoded(value, false);
            }
        }
        return new String(value, StandardCharsets.ISO_8859_1);
    }

    /** A value encoded whatever it is: as it is if nothing in it has to be. */
    static String encoded(String value) {
        return encoded(value.getBytes(StandardCharsets.UTF_8), false);
    }

    /** The CloudEvents binding for NATS: blanks, quotes, percent signs, and whatever is not printable ASCII. */
    private static String encoded(byte[] bytes, boolean name) {
        StringBuilder text = new StringBuilder(bytes.length + 16);
        for (byte b : bytes) {
            char c = (char) (b & 0xFF);
            boolean plain = name ? isNamePart(c) && c != '%' : c > ' ' && c <= '~' && c != '"' && c != '%';
            if (plain) {
                text.append(c);
            } else {
                text.append('%').append(HEX[c >> 4]).append(HEX[c & 0xF]);
            }
        }
        return text.toString();
    }

    private static boolean isNamePart(char c) {
        return c > ' ' && c <= '~' && c != ':';
    }
}
