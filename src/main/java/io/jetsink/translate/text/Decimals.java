package io.jetsink.translate.text;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The text of numbers in subjects, headers and JSON. */
public final class Decimals {
    /**
     * The time to write a number grows with the square of its digits (JDK 17: seconds at 100,000 digits), and a record can
     * contain a million. JSON parsers have lower limits.
     */
    static final int MAX_DIGITS = 10_000;

    /** A number of fewer bits has at most {@value #MAX_DIGITS} digits. */
    private static final int MAX_BITS = 33_219;

    /** A few bytes can represent a number of a billion digits. Beyond this scale the text has an exponent. */
    private static final int MAX_SCALE = 1000;

    private Decimals() {}

    /**
     * Returns the text with all digits of the scale: {@code 1.50}, {@code 1000}. The text is a valid JSON number.
     *
     * @throws RejectedRecordException if the number has more than {@value #MAX_DIGITS} digits
     */
    public static String text(BigDecimal number) {
        check(number.unscaledValue());
        return Math.abs((long) number.scale()) > MAX_SCALE ? number.toString() : number.toPlainString();
    }

    /** @throws RejectedRecordException if the number has more than {@value #MAX_DIGITS} digits */
    public static String text(BigInteger number) {
        check(number);
        return number.toString();
    }

    /** Returns the text of a number in a subject or header, or null for a class that is not known. */
    public static @Nullable String textOf(Number number) {
        // Unlike toString, NumberOutput returns the shortest text on every JDK.
        if (number instanceof Double) {
            return NumberOutput.toString(number.doubleValue(), true);
        }
        if (number instanceof Float) {
            return NumberOutput.toString(number.floatValue(), true);
        }
        if (number instanceof BigDecimal decimal) {
            return text(decimal);
        }
        return isInteger(number) || number instanceof BigInteger ? number.toString() : null;
    }

    /** Returns whether a value is of one of the four classes of Connect's integer types. */
    public static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    private static void check(BigInteger digits) {
        if (digits.bitLength() > MAX_BITS) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The record has a number of more than " + MAX_DIGITS
                            + " digits, which takes too long to write: shorten it with a transform, or, in a value, set"
                            + " payload.encoder.decimal.format to base64.");
        }
    }
}
