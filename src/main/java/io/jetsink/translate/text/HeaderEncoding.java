package io.jetsink.translate.text;

import io.jetsink.message.PercentEncoding;
import java.nio.charset.StandardCharsets;
import java.util.function.IntPredicate;

/**
 * The encoding of header names and values. jnats refuses values outside of ASCII and names with a blank or a colon, and
 * readers drop blanks at both ends of a value (jnats 2.26.2).
 */
public final class HeaderEncoding {
    private HeaderEncoding() {}

    /** Encodes a name. Percent signs are encoded, too, so different names stay different. */
    public static String name(String name) {
        return encoded(name, HeaderEncoding::isPlainInName);
    }

    /** Returns a value that readers receive unchanged as it is, and encodes any other. */
    public static String value(String value) {
        return survives(value) ? value : PercentEncoding.of(value, '%', HeaderEncoding::isPlainInValue);
    }

    /** Encodes bytes like {@link #value(String)}. */
    public static String value(byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        return survives(text) ? text : PercentEncoding.of(value, '%', HeaderEncoding::isPlainInValue);
    }

    /** Returns whether readers receive the value unchanged. */
    public static boolean survives(String value) {
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c < ' ' || c > '~' || (c == ' ' && (at == 0 || at == value.length() - 1))) {
                return false;
            }
        }
        return true;
    }

    /** Encodes a text so that it has no blanks and different texts stay different. */
    public static String word(String text) {
        return encoded(text, HeaderEncoding::isPlainInValue);
    }

    /** Encodes bytes like {@link #word(String)}. The UTF-8 bytes of a text and the text have the same word. */
    public static String word(byte[] bytes) {
        return PercentEncoding.of(bytes, '%', HeaderEncoding::isPlainInValue);
    }

    private static String encoded(String text, IntPredicate plain) {
        for (int at = 0; at < text.length(); at++) {
            if (!plain.test(text.charAt(at))) {
                return PercentEncoding.of(text, '%', plain);
            }
        }
        return text;
    }

    private static boolean isPlainInName(int c) {
        return c > ' ' && c <= '~' && c != ':' && c != '%';
    }

    /** Returns whether the CloudEvents binding for NATS leaves a character as it is. */
    private static boolean isPlainInValue(int c) {
        return c > ' ' && c <= '~' && c != '"' && c != '%';
    }
}
