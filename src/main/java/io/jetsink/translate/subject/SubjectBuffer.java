package io.jetsink.translate.subject;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.PercentEncoding;
import io.jetsink.message.RejectedRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Builds one subject after another in the same array. Each subject is ASCII without wildcards and empty tokens, does not
 * begin with a name that NATS reserves, and is within the limits of {@link SubjectRules}.
 *
 * <p>The bytes of a value are encoded as in {@link PercentEncoding}, in keys of buckets with {@code =} instead of the percent
 * sign. A value can therefore neither add a token nor reach {@code $JS.API}, and different bytes have different texts. The
 * bytes of a string are its UTF-8.
 *
 * <p>Used by one thread.
 */
final class SubjectBuffer {
    private static final int MAX_BYTES = SubjectRules.MAX_BYTES;

    /** The longest text between two checks of the length, a number. A code point has 12 bytes. */
    private static final int SLACK = Long.toString(Long.MIN_VALUE).length();

    private final SubjectRules rules;
    private final byte escape;
    private final byte[] bytes = new byte[MAX_BYTES + SLACK];
    private final int prefixLength;
    private final int prefixDots;
    private int length;
    private int dots;
    private String key = "";

    SubjectBuffer(SubjectRules rules) {
        this.rules = rules;
        this.escape = (byte) rules.escape();
        byte[] prefix = rules.prefix().getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(prefix, 0, bytes, 0, prefix.length);
        this.prefixLength = prefix.length;
        this.prefixDots = SubjectRules.dots(rules.prefix());
    }

    /**
     * Begins the next subject.
     *
     * @param configKey the configuration key of its template, for rejections
     */
    void begin(String configKey) {
        length = prefixLength;
        dots = prefixDots;
        key = configKey;
    }

    /** Returns the configuration key of the template. */
    String key() {
        return key;
    }

    /** Appends text of the template, which the parser has checked. */
    void literal(String text) {
        if (length + text.length() > MAX_BYTES) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_SUBJECT,
                    "The subject would be longer than " + MAX_BYTES
                            + " bytes: the values of the record and the text of the template are too long together."
                            + " Shorten the values with a transform, or change " + key + ".");
        }
        for (int at = 0; at < text.length(); at++) {
            byte c = (byte) text.charAt(at);
            bytes[length++] = c;
            if (c == '.') {
                dots++;
            }
        }
    }

    /** Appends a number, as a token or as a part of a token. */
    void number(String variable, long value) {
        int digits = 1;
        for (long rest = value / 10; rest != 0; rest /= 10) {
            digits++;
        }
        if (value < 0) {
            bytes[length++] = '-';
        }
        long rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + Math.abs(rest % 10));
            rest /= 10;
        }
        length += digits;
        checkLength(variable, digits);
    }

    /** Appends bytes, as a token or as a part of a token. */
    void binary(String variable, ByteBuffer value) {
        for (int at = value.position(); at < value.limit(); at++) {
            octet(value.get(at));
            checkLength(variable, value.remaining());
        }
    }

    /** Appends a text, as a token or as a part of a token. */
    void text(String variable, String value) {
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c < 0x80) {
                octet((byte) c);
            } else {
                at += beyondAscii(value, at) - 1;
            }
            checkLength(variable, value.length());
        }
    }

    /**
     * Appends a text whose dots separate tokens. A dot at an end or next to another dot is encoded, because it would leave an
     * empty token. Decoding does not depend on which dots are encoded, so different texts stay different.
     */
    void dotted(String variable, String value) {
        int last = value.length() - 1;
        for (int at = 0; at <= last; at++) {
            char c = value.charAt(at);
            if (c == '.' && at > 0 && at < last && value.charAt(at - 1) != '.' && value.charAt(at + 1) != '.') {
                bytes[length++] = '.';
                dots++;
            } else if (c < 0x80) {
                octet((byte) c);
            } else {
                at += beyondAscii(value, at) - 1;
            }
            checkLength(variable, value.length());
        }
    }

    /** Returns the subject. The caller ensures that no segment was empty. */
    String build() {
        if (dots >= SubjectRules.MAX_TOKENS) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_SUBJECT,
                    "The subject would have " + (dots + 1) + " tokens, and " + SubjectRules.MAX_TOKENS
                            + " are allowed: change " + key + " to a template with fewer tokens.");
        }
        String subject = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        // No value begins with the dollar sign, the other first character of reserved names.
        String reserved = bytes[prefixLength] == '_' ? rules.reserved(subject, prefixLength) : null;
        if (reserved != null) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_SUBJECT,
                    "The subject would begin with " + rules.prefix() + reserved
                            + ", which NATS reserves: begin the template in " + key + " with text and a dot.");
        }
        return subject;
    }

    /** Appends the code point at an index and returns its number of characters. */
    private int beyondAscii(String value, int at) {
        int codePoint = value.codePointAt(at);
        int octets = PercentEncoding.utf8(codePoint);
        for (int shift = PercentEncoding.firstShift(octets); shift >= 0; shift -= 8) {
            escape(octets >> shift);
        }
        return Character.charCount(codePoint);
    }

    private void octet(byte value) {
        if (PercentEncoding.isPlain(value)) {
            bytes[length++] = value;
        } else {
            escape(value);
        }
    }

    private void escape(int octet) {
        bytes[length++] = escape;
        bytes[length++] = (byte) PercentEncoding.digit(octet >> 4);
        bytes[length++] = (byte) PercentEncoding.digit(octet);
    }

    private void checkLength(String variable, int valueLength) {
        if (length > MAX_BYTES) {
            throw new RejectedRecordException(
                    ErrorCode.INVALID_SUBJECT,
                    "The subject would be longer than " + MAX_BYTES + " bytes: ${" + variable
                            + "} has a length of " + valueLength + " before encoding."
                            + " Shorten it with a transform, or change " + key + ".");
        }
    }
}
