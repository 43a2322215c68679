package io.jetsink.translate.subject;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Dates;
import io.jetsink.translate.text.Decimals;
import java.nio.ByteBuffer;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.jspecify.annotations.Nullable;

/**
 * Appends values of records as tokens of subjects. The string {@code 1} and the number 1 have the same token.
 *
 * <ul>
 *   <li>Strings and bytes are unchanged.
 *   <li>Numbers are decimal. Whole numbers and decimals have no exponent ({@code 12.50}).
 *   <li>Connect's {@code Date} is {@code 2026-08-01}, {@code Time} is {@code 23:59:59.999}, {@code Timestamp} is
 *       {@code 2026-08-01T23:59:59.999Z}, from year 0 to year 9999.
 * </ul>
 *
 * <p>{@link SubjectBuffer} then encodes the text.
 */
final class TokenWriter {
    private TokenWriter() {}

    /**
     * Appends a value, or the default of the variable if the value is null or empty.
     *
     * @param schema the schema of the value, which distinguishes dates, times and timestamps; null if there is none
     * @throws RejectedRecordException if the value is absent and has no default, or cannot be a token
     */
    static void append(SubjectBuffer subject, Variable variable, @Nullable Schema schema, @Nullable Object value) {
        if (value instanceof String text) {
            text(subject, variable, text);
        } else if (value == null) {
            variable.absent(subject);
        } else if (Decimals.isInteger(value)) {
            subject.number(variable.name(), ((Number) value).longValue());
        } else if (value instanceof byte[] bytes) {
            binary(subject, variable, ByteBuffer.wrap(bytes));
        } else if (value instanceof ByteBuffer bytes) {
            binary(subject, variable, bytes);
        } else if (value instanceof Boolean) {
            text(subject, variable, value.toString());
        } else if (value instanceof Number number) {
            String text = Decimals.textOf(number);
            if (text == null) {
                throw variable.unusable(subject, value);
            }
            text(subject, variable, text);
        } else if (value instanceof java.util.Date date) {
            if (!Dates.isInRange(date.getTime())) {
                throw variable.outOfRange(subject);
            }
            String text = text(schema, date);
            if (text == null) {
                throw variable.unfit(subject, schema);
            }
            text(subject, variable, text);
        } else {
            throw variable.unusable(subject, value);
        }
    }

    private static void text(SubjectBuffer subject, Variable variable, String text) {
        if (text.isEmpty()) {
            variable.empty(subject);
        } else {
            subject.text(variable.name(), text);
        }
    }

    private static void binary(SubjectBuffer subject, Variable variable, ByteBuffer bytes) {
        if (bytes.hasRemaining()) {
            subject.binary(variable.name(), bytes);
        } else {
            variable.empty(subject);
        }
    }

    /** Returns the text of a date, or null if the schema does not allow the date. */
    private static @Nullable String text(@Nullable Schema schema, java.util.Date date) {
        String logical = schema == null ? null : schema.name();
        long millis = date.getTime();
        if (Date.LOGICAL_NAME.equals(logical)) {
            return Dates.isDate(millis) ? Dates.date(millis) : null;
        }
        if (Time.LOGICAL_NAME.equals(logical)) {
            return Dates.isTime(millis) ? Dates.time(millis) : null;
        }
        return Dates.timestamp(millis);
    }
}
