package io.jetsink.translate.subject;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * The timestamp of the record in UTC, formatted with a pattern of {@link DateTimeFormatter}. Dots in the pattern separate
 * tokens. The last text is remembered, because consecutive records usually have the same day, hour or minute.
 *
 * <p>Used by one thread.
 */
final class TimestampSegment implements Segment.OfVariable {
    /** English names with the weeks of ISO 8601. In the United States weeks begin on Sunday. */
    private static final Locale LOCALE = Locale.forLanguageTag("en-US-u-rg-gbzzzz");

    private static final long MINUTE = 60_000;
    private static final long DAY = 24 * 60 * MINUTE;
    /** Pattern letters of dates, and of the zone, which is always UTC. */
    private static final String OF_DAYS = "GuyDMLdQqYwWEecFgVvzOXxZ";

    private static final String OF_MINUTES = "aBhKkHm";
    private static final int SAMPLES = 100;
    /** The samples cover more than a year and all hours, weekdays, days of a month, and months. */
    private static final long BETWEEN_SAMPLES = 4 * DAY + 5 * 60 * MINUTE + 61_001;

    private final Variable variable;
    private final DateTimeFormatter format;
    private final int dots;
    private final long unit;

    private long lastUnit;
    private @Nullable String lastText;

    private TimestampSegment(Variable variable, DateTimeFormatter format, int dots, long unit) {
        this.variable = variable;
        this.format = format;
        this.dots = dots;
        this.unit = unit;
    }

    /** @throws IllegalArgumentException with the problem, if the pattern is invalid */
    static TimestampSegment of(Variable variable, String pattern) {
        DateTimeFormatter format = DateTimeFormatter.ofPattern(pattern, LOCALE);
        int dots = SubjectRules.dots(pattern);
        for (int sample = 0; sample < SAMPLES; sample++) {
            String text = format(format, sample * BETWEEN_SAMPLES);
            if (text.isEmpty() || SubjectRules.hasEmptyToken(text)) {
                throw new IllegalArgumentException("it produces an empty token");
            }
            if (SubjectRules.dots(text) != dots) {
                throw new IllegalArgumentException("it does not always produce the same number of tokens");
            }
        }
        return new TimestampSegment(variable, format, dots, unit(pattern));
    }

    @Override
    public Variable variable() {
        return variable;
    }

    @Override
    public void appendTo(SubjectBuffer subject, SinkRecord record) {
        @Nullable Long timestamp = record.timestamp();
        if (timestamp == null) {
            variable.absent(subject);
        } else {
            subject.dotted(variable.name(), text(subject, timestamp));
        }
    }

    @Override
    public String filter() {
        String fallback = variable.fallback();
        return fallback == null || SubjectRules.dots(fallback) == dots ? "*" + ".*".repeat(dots) : ">";
    }

    private String text(SubjectBuffer subject, long timestamp) {
        long current = Math.floorDiv(timestamp, unit);
        String text = lastText;
        if (text == null || current != lastUnit) {
            try {
                text = format(format, timestamp);
            } catch (DateTimeException e) {
                throw new RejectedRecordException(
                        ErrorCode.NO_SUBJECT,
                        "The record's timestamp is out of range of ${" + variable.name() + "} in " + subject.key()
                                + ": change the pattern, or correct the timestamp with a transform.",
                        e);
            }
            lastText = text;
            lastUnit = current;
        }
        return text;
    }

    private static String format(DateTimeFormatter format, long timestamp) {
        return format.format(ZonedDateTime.ofInstant(Instant.ofEpochMilli(timestamp), ZoneOffset.UTC));
    }

    /** Returns the length in milliseconds of the periods within which the text does not change. */
    private static long unit(String pattern) {
        boolean quoted = false;
        long unit = DAY;
        for (char c : pattern.toCharArray()) {
            quoted ^= c == '\'';
            if (!quoted && Character.isLetter(c) && OF_DAYS.indexOf(c) < 0) {
                unit = Math.min(unit, OF_MINUTES.indexOf(c) < 0 ? 1 : MINUTE);
            }
        }
        return unit;
    }
}
