package io.jetsink.translate.subject;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Dates;
import io.jetsink.translate.text.Decimals;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.jspecify.annotations.Nullable;

/**
 * Values of records as tokens of subjects. A value counts by its bytes: the string {@code 1} and the number 1 are the same.
 *
 * <p>Text is taken as it is, bytes as they are. Numbers are decimal, without an exponent where they are whole or decimals
 * ({@code 12.50}). Connect's {@code Date} is {@code 2026-08-01}, {@code Time} is {@code 23:59:59.999}, {@code Timestamp} is
 * {@code 2026-08-01T23:59:59.999Z}, from year 0 to year 9999. Then all of them are encoded.
 */
final class TokenWriter {
    private TokenWriter() {}

    /**
     * Adds a value, or the variable's default if it is null or empty.
     *
     * @param schema tells the logical types apart that share a class
     * @throws RejectedRecordException if there is neither, or the value is none that makes a token
     */
    static void append(SubjectBuffer subject, Variable variable, @Nullable Schema schema, @Nullable Object value) {
        if (value instanceof String text) {
            text(subject, variable, text);
        } else if (value == null) {
            variable.absent(subject);
        } else if (value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte) {
            subject.number(variable.name(), ((Number) value).longValue());
        } else if (value instanceof byte[] bytes) {
            binary(subject, variable, ByteBuffer.wrap(bytes));
        } else if (value instanceof ByteBuffer bytes) {
            binary(subject, variable, bytes);
        } else if (value instanceof BigDecimal decimal) {
            text(subject, variable, Decimals.text(decimal));
        } else if (value instanceof Boolean || value instanceof BigInteger) {
            text(subject, variable, value.toString());
        } else if (value instanceof Double number) {
            // Unlike toString, the shortest text on every JDK.
            text(subject, variable, NumberOutput.toString(number, true));
        } else if (value instanceof Float number) {
            text(subject, variable, NumberOutput.toString(number, true));
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

    /** Null: the date is none of its schema's type, and its text would be that of another one. */
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
