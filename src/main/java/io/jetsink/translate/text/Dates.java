package io.jetsink.translate.text;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/**
 * The text of Connect's dates, times and timestamps. Dates and timestamps have a text from year 0 to year 9999, the range of
 * RFC 3339. Common readers accept no other years. Source connectors use years beyond this range for "infinity".
 */
public final class Dates {
    /** The end of rejections that begin with "… is a date". */
    public static final String OUT_OF_RANGE =
            "outside of the years 0 to 9999, which has no ISO 8601 text of four-digit years";

    private static final long MILLIS_PER_DAY = 86_400_000;
    /** {@code 0000-01-01T00:00:00.000Z} */
    private static final long FIRST = -62_167_219_200_000L;
    /** {@code 9999-12-31T23:59:59.999Z} */
    private static final long LAST = 253_402_300_799_999L;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter TIMESTAMP =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private Dates() {}

    /** Returns whether {@link #date} and {@link #timestamp} support the value. */
    public static boolean isInRange(long millis) {
        return millis >= FIRST && millis <= LAST;
    }

    public static boolean isDate(long millis) {
        return Math.floorMod(millis, MILLIS_PER_DAY) == 0;
    }

    public static boolean isTime(long millis) {
        return millis >= 0 && millis < MILLIS_PER_DAY;
    }

    /** Returns the number of days since 1970. */
    public static long days(long millis) {
        return Math.floorDiv(millis, MILLIS_PER_DAY);
    }

    /** {@code 2026-08-01} */
    public static String date(long millis) {
        return LocalDate.ofEpochDay(days(millis)).toString();
    }

    /** {@code 23:59:59.999} */
    public static String time(long millis) {
        return TIME.format(LocalTime.ofNanoOfDay(millis * 1_000_000));
    }

    /** {@code 2026-08-01T23:59:59.999Z} */
    public static String timestamp(long millis) {
        return TIMESTAMP.format(Instant.ofEpochMilli(millis));
    }
}
