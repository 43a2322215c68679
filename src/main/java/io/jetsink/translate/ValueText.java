package io.jetsink.translate;

import io.jetsink.config.PayloadSettings.DateFormat;
import io.jetsink.config.PayloadSettings.DecimalFormat;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.translate.text.Dates;
import io.jetsink.translate.text.Decimals;
import io.jetsink.translate.text.HeaderEncoding;
import io.jetsink.translate.text.TypeName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Returns the text of a value in a header.
 *
 * <ul>
 *   <li>Strings are unchanged. Bytes are unchanged if they are ASCII, or else percent-encoded as in {@link MessageHeaders}.
 *   <li>Booleans, whole numbers and decimals are written as in JSON. Floating point numbers have the fewest digits that are
 *       parsed as the same number.
 *   <li>{@code Date}, {@code Time} and {@code Timestamp} are ISO 8601 in UTC, from year 0 to year 9999.
 *   <li>Structs, maps and lists are JSON without blanks.
 *   <li>Null is the empty text.
 * </ul>
 *
 * <p>Used by one thread.
 */
final class ValueText {
    private final String source;
    private final String key;
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonValues values = new JsonValues(DecimalFormat.NUMBER, DateFormat.ISO);

    /**
     * @param source the beginning of a rejection, such as "The key"
     * @param key the key to change so that the value is not required
     */
    ValueText(String source, String key) {
        this.source = source;
        this.key = key;
    }

    /**
     * Returns the text, before it is encoded as a header.
     *
     * @param schema the schema of the value, or null if there is none
     * @throws RejectedRecordException if the value has no text
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
        @Nullable String number = value instanceof Number known ? Decimals.textOf(known) : null;
        return number == null ? json(schema, value) : number;
    }

    /** Returns the bytes of a value, or null if it has another type. */
    static byte @Nullable [] bytes(@Nullable Object value) {
        if (value instanceof ByteBuffer buffer) {
            return PlainPayloadEncoder.bytes(buffer);
        }
        return value instanceof byte[] bytes ? bytes : null;
    }

    @SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
    private String json(@Nullable Schema schema, Object value) {
        if (value instanceof Date date && !Dates.isInRange(date.getTime())) {
            throw new RejectedRecordException(
                    ErrorCode.HEADERS,
                    source + " is a date " + Dates.OUT_OF_RANGE + ": change " + key
                            + ", or make the date a number with a transform (TimestampConverter with target.type=unix).");
        }
        try {
            byte[] written = buffer.document(out -> values.write(out, schema, value, 0));
            String text = new String(written, StandardCharsets.UTF_8);
            // JSON has quotes around a date.
            return value instanceof Date ? text.substring(1, text.length() - 1) : text;
        } catch (RejectedRecordException e) {
            throw new RejectedRecordException(
                    ErrorCode.HEADERS,
                    source + " is a " + TypeName.of(value) + ", which cannot be written as a header: change " + key
                            + ", or the value with a transform.",
                    e);
        }
    }
}
