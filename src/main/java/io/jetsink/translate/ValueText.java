package io.jetsink.translate;

import com.fasterxml.jackson.core.io.NumberOutput;
import io.jetsink.config.PayloadSettings.DateFormat;
import io.jetsink.config.PayloadSettings.DecimalFormat;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.translate.text.Dates;
import io.jetsink.translate.text.Decimals;
import io.jetsink.translate.text.HeaderEncoding;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * The one text that a typed value has in a header.
 *
 * <ul>
 *   <li>Strings as they are. Bytes as they are if they are ASCII, else percent-encoded as {@link MessageHeaders} says.
 *   <li>Booleans, whole numbers and decimals as in JSON; floating point numbers by the fewest digits that read back as the
 *       same number.
 *   <li>{@code Date}, {@code Time} and {@code Timestamp} as ISO-8601 in UTC, from year 0 to year 9999.
 *   <li>Structs, maps and lists as JSON without blanks.
 *   <li>Null as nothing.
 * </ul>
 *
 * <p>Threads: used by one thread.
 */
final class ValueText {
    private final String what;
    private final String key;
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonValues values = new JsonValues(DecimalFormat.NUMBER, DateFormat.ISO);
    private final JsonBuffer.Content json = (out, record) -> values.write(out, record.valueSchema(), record.value(), 0);

    /**
     * For messages about values that have no such text.
     *
     * @param what whose they are
     * @param key the key that does without them
     */
    ValueText(String what, String key) {
        this.what = what;
        this.key = key;
    }

    /**
     * The text. It may still have to be encoded to be a header's.
     *
     * @param schema null for none
     * @throws RejectedRecordException if the value has none
     */
    String of(@Nullable Schema schema, @Nullable Object value) {
        if (value == null) {
            return "";
        }
        if (value instanceof String text) {
            return text;
        }
        byte[] bytes = bytes(value);
        if (bytes != null) {
            return HeaderEncoding.value(bytes);
        }
        if (value instanceof Boolean) {
            return value.toString();
        }
        return value instanceof Number number ? number(schema, number) : json(schema, value);
    }

    /** The bytes of a value of bytes, null if it is another. */
    static byte @Nullable [] bytes(@Nullable Object value) {
        if (value instanceof ByteBuffer buffer) {
            return PlainPayloadEncoder.bytes(buffer);
        }
        return value instanceof byte[] bytes ? bytes : null;
    }

    private String number(@Nullable Schema schema, Number value) {
        if (value instanceof Double) {
            return NumberOutput.toString(value.doubleValue(), true);
        }
        if (value instanceof Float) {
            return NumberOutput.toString(value.floatValue(), true);
        }
        if (value instanceof BigDecimal decimal) {
            return Decimals.text(decimal);
        }
        boolean whole = value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Byte
                || value instanceof BigInteger;
        return whole ? value.toString() : json(schema, value);
    }

    @SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
    private String json(@Nullable Schema schema, Object value) {
        if (value instanceof Date date && !Dates.isInRange(date.getTime())) {
            throw new RejectedRecordException(what + " is a date " + Dates.OUT_OF_RANGE + ": change " + key
                    + ", or make the date a number with a transform (TimestampConverter with target.type=unix).");
        }
        try {
            byte[] written = buffer.document(new SinkRecord("", 0, null, null, schema, value, 0), json);
            String text = new String(written, StandardCharsets.UTF_8);
            // A point in time is a string there.
            return value instanceof Date ? text.substring(1, text.length() - 1) : text;
        } catch (RejectedRecordException e) {
            throw new RejectedRecordException(
                    what + " is a " + value.getClass().getName() + " that has no form as a header: change " + key
                            + ", or the value with a transform.",
                    e);
        }
    }
}
