package io.jetsink.message;

import java.util.function.IntPredicate;

/**
 * Percent-encoding of the UTF-8 bytes of a text. Different texts have different results.
 *
 * <p>Half a surrogate pair has no UTF-8. It is encoded as the three bytes of its code point in the scheme of UTF-8
 * ({@code %ED%A0%80} for U+D800). No other text has these bytes.
 */
public final class PercentEncoding {
    private static final char[] DIGITS = "0123456789ABCDEF".toCharArray();
    private static final boolean[] PLAIN = new boolean[0x80];

    static {
        for (char c : "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-".toCharArray()) {
            PLAIN[c] = true;
        }
    }

    private PercentEncoding() {}

    /**
     * Encodes a name as one token of a subject.
     *
     * @param escape the character before the two hexadecimal digits of a byte that is not {@linkplain #isPlain plain}
     */
    public static String of(String name, char escape) {
        return of(name, escape, PercentEncoding::isPlain);
    }

    /** @param plain accepts the bytes that stay as they are */
    public static String of(String text, char escape, IntPredicate plain) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(codePoint -> {
            int octets = utf8(codePoint);
            for (int shift = firstShift(octets); shift >= 0; shift -= 8) {
                append(out, octets >> shift & 0xFF, escape, plain);
            }
        });
        return out.toString();
    }

    /** @param plain accepts the bytes that stay as they are */
    public static String of(byte[] bytes, char escape, IntPredicate plain) {
        StringBuilder out = new StringBuilder(bytes.length + 16);
        for (byte octet : bytes) {
            append(out, octet & 0xFF, escape, plain);
        }
        return out.toString();
    }

    private static void append(StringBuilder out, int octet, char escape, IntPredicate plain) {
        if (plain.test(octet)) {
            out.append((char) octet);
        } else {
            out.append(escape).append(digit(octet >> 4)).append(digit(octet));
        }
    }

    /** Returns whether a byte is a letter, a digit, {@code _} or {@code -}. */
    public static boolean isPlain(int octet) {
        return octet >= 0 && octet < PLAIN.length && PLAIN[octet];
    }

    /** Returns the hexadecimal digit of the low four bits. */
    public static char digit(int bits) {
        return DIGITS[bits & 0xF];
    }

    /** Returns the one to four bytes of a code point. The last byte is the lowest of the result. */
    public static int utf8(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint;
        }
        int last = 0x80 | codePoint & 0x3F;
        if (codePoint < 0x800) {
            return (0xC0 | codePoint >> 6) << 8 | last;
        }
        last |= (0x80 | codePoint >> 6 & 0x3F) << 8;
        return codePoint < 0x10000
                ? (0xE0 | codePoint >> 12) << 16 | last
                : (0xF0 | codePoint >> 18) << 24 | (0x80 | codePoint >> 12 & 0x3F) << 16 | last;
    }

    /** Returns the number of bits below the first byte of a result of {@link #utf8}. */
    public static int firstShift(int octets) {
        return 24 - Integer.numberOfLeadingZeros(octets | 1) / 8 * 8;
    }
}
