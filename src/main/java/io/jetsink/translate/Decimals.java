package io.jetsink.translate;

import java.math.BigDecimal;

/** The text of a decimal number, in subjects and in JSON. */
final class Decimals {
    /** A few bytes can name a number of a billion digits; beyond this many the exponent is written instead. */
    private static final int MAX_SCALE = 1000;

    private Decimals() {}

    /** Without an exponent, with all digits of the scale: {@code 1.50}, {@code 1000}. Always a valid JSON number. */
    static String text(BigDecimal number) {
        return Math.abs((long) number.scale()) > MAX_SCALE ? number.toString() : number.toPlainString();
    }
}
