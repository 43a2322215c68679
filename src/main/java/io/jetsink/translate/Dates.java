package io.jetsink.translate;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

/** The text of Connect's dates, times and timestamps, and which numbers of milliseconds are ones. */
final class Dates {
    private static final long MILLIS_PER_DAY = 86_400_000;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter TIMESTAMP =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private Dates() {}

    static boolean isDate(long millis) {
        return Math.floorMod(millis, MILLIS_PER_DAY) == 0;
    }

    static boolean isTime(long millis) {
        return millis >= 0 && millis < MILLIS_PER_DAY;
    }

    /** Since 1970. */
    static long days(long millis) {
        return Math.floorDiv(millis, MILLIS_PER_DAY);
    }

    /** {@code 2026-08-01} */
    static String date(long millis) {
        return LocalDate.ofEpochDay(days(millis)).toString();
    }

    /** {@code 23:59:59.999} */
    static String time(long millis) {
        return TIME.format(LocalTime.ofNanoOfDay(millis * 1_000_000));
    }

    /** {@code 2026-08-01T23:59:59.999Z} */
    static String timestamp(long millis) {
        return TIMESTAMP.format(Instant.ofEpochMilli(millis));
    }
}
