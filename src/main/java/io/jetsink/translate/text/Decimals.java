package io.jetsink.translate.text;

import io.jetsink.message.RejectedRecordException;
import java.math.BigDecimal;
import java.math.BigInteger;

/** The text of numbers of any size, in subjects and in JSON. */
public final class Decimals {
    /**
     * Writing digits takes time by the square of their number (JDK 17: seconds at 100,000), and a record can hold a
     * million. Parsers give up long before.
     */
    static final int MAX_DIGITS = 10_000;

    /** A number of fewer bits has at most that many digits. */
    private static final int MAX_BITS = 33_219;

    /** A few bytes can name a number of a billion digits; beyond this many the exponent is written instead. */
    private static final int MAX_SCALE = 1000;

    private Decimals() {}

    /**
     * Without an exponent, with all digits of the scale: {@code 1.50}, {@code 1000}. Always a valid JSON number.
     *
     * @throws RejectedRecordException if it has more than {@value #MAX_DIGITS} digits
     */
    public static String text(BigDecimal number) {
        check(number.unscaledValue());
        return Math.abs((long) number.scale()) > MAX_SCALE ? number.toString() : number.toPlainString();
    }

    /** @throws RejectedRecordException if it has more than {@value #MAX_DIGITS} digits */
    public static String text(BigInteger number) {
        check(number);
        return number.toString();
    }

    private static void check(BigInteger digits) {
        if (digits.bitLength() > MAX_BITS) {
            throw new RejectedRecordException("The record has a number of more than " + MAX_DIGITS
                    + " digits, which takes too long to write: shorten it with a transform, or, in a value, set"
                    + " payload.encoder.decimal.format to base64.");
        }
    }
}
