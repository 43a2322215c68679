package io.jetsink.translate.subject;

import io.jetsink.message.RejectedRecordException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Builds one subject after another in the same scratch space, and guards what every subject must be whatever the
 * template: ASCII, no wildcard, no empty token, outside the names that NATS reserves, within the limits.
 *
 * <p>Values are percent-encoded byte by byte outside {@code [A-Za-z0-9_-]} (in keys of buckets with {@code =} in the place
 * of the percent sign), so a value can neither add a token nor reach
 * {@code $JS.API}, and decoding gives its bytes back: different bytes never give the same text. Strings are taken as
 * UTF-8. A surrogate without its other half, for which UTF-8 has no form, becomes the three bytes that the scheme of
 * UTF-8 yields for its number ({@code %ED%A0%80} for U+D800); no well-formed text has those bytes, so nothing collides.
 *
 * <p>Threads: used by one thread.
 */
final class SubjectBuffer {
    private static final int MAX_BYTES = SubjectRules.MAX_BYTES;

    /** The most that is written between two checks of the length: the longest number. A code point takes 12. */
    private static final int SLACK = Long.toString(Long.MIN_VALUE).length();

    private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);
    private static final boolean[] PLAIN = new boolean[0x80];

    static {
        for (char c = 0; c < PLAIN.length; c++) {
            PLAIN[c] =
                    (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
        }
    }

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
     * @param template the key whose template it is made by, for messages
     */
    void begin(String template) {
        length = prefixLength;
        dots = prefixDots;
        key = template;
    }

    /** What to change about a subject that cannot be. */
    String key() {
        return key;
    }

    /** Appends the template's own text, which was checked with the template. */
    void literal(String text) {
        if (length + text.length() > MAX_BYTES) {
            throw new RejectedRecordException("The subject would be longer than " + MAX_BYTES
                    + " bytes: the record's values and the template's own text are too long together."
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

    /** Appends a number as one token or a part of one. */
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

    /** Appends bytes as one token or a part of one. */
    void binary(String variable, ByteBuffer value) {
        for (int at = value.position(); at < value.limit(); at++) {
            octet(value.get(at));
            checkLength(variable, value.remaining());
        }
    }

    /** Appends a text as one token or a part of one. */
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
     * Appends a text whose dots part tokens. A dot stays one only between two other characters: at an end, or beside
     * another dot, it would leave an empty token, and is encoded like anything else. Which dots stay has no influence on
     * decoding, so different texts stay different.
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

    /** The subject; the caller has seen to it that no value was empty. */
    String build() {
        if (dots >= SubjectRules.MAX_TOKENS) {
            throw new RejectedRecordException("The subject would have " + (dots + 1) + " tokens, and "
                    + SubjectRules.MAX_TOKENS + " are allowed: change " + key + " to a template with fewer.");
        }
        String subject = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
        // A value cannot begin with any other character that a reserved name begins with.
        String reserved = bytes[prefixLength] == '_' ? rules.reserved(subject, prefixLength) : null;
        if (reserved != null) {
            throw new RejectedRecordException("The subject would begin with " + rules.prefix() + reserved
                    + ", which NATS keeps for itself: begin " + key + " with text of your own and a dot.");
        }
        return subject;
    }

    /** Appends the code point at {@code at}, or the half of one, and returns how many characters it takes. */
    private int beyondAscii(String value, int at) {
        int codePoint = value.codePointAt(at);
        if (codePoint < 0x800) {
            escape(0xC0 | (codePoint >> 6));
        } else {
            if (codePoint < 0x10000) {
                escape(0xE0 | (codePoint >> 12));
            } else {
                escape(0xF0 | (codePoint >> 18));
                escape(0x80 | ((codePoint >> 12) & 0x3F));
            }
            escape(0x80 | ((codePoint >> 6) & 0x3F));
        }
        escape(0x80 | (codePoint & 0x3F));
        return Character.charCount(codePoint);
    }

    private void octet(byte value) {
        if (value >= 0 && PLAIN[value]) {
            bytes[length++] = value;
        } else {
            escape(value);
        }
    }

    private void escape(int octet) {
        bytes[length++] = escape;
        bytes[length++] = HEX[(octet >> 4) & 0xF];
        bytes[length++] = HEX[octet & 0xF];
    }

    private void checkLength(String variable, int valueLength) {
        if (length > MAX_BYTES) {
            throw new RejectedRecordException("The subject would be longer than " + MAX_BYTES + " bytes: ${" + variable
                    + "} has a length of " + valueLength + " before encoding."
                    + " Shorten it with a transform, or change " + key + ".");
        }
    }
}
