package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.jetsink.publish.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Any value as JSON in UTF-8, without its schema. Fields and entries keep their order.
 *
 * <ul>
 *   <li>A struct's field that is null is written as {@code null}; if the field may not be null, as its default.
 *   <li>Bytes are base64. Decimals are plain numbers with all digits of their scale.
 *   <li>{@code Date} is {@code 2026-08-01}, {@code Time} is {@code 23:59:59.999}, {@code Timestamp}, and any date
 *       without a schema, is {@code 2026-08-01T23:59:59.999Z}.
 *   <li>NaN and the infinities, which JSON has no numbers for, are the strings {@code "NaN"}, {@code "Infinity"} and
 *       {@code "-Infinity"}.
 *   <li>A map's keys are strings, or booleans or numbers and then written as strings.
 *   <li>Half a surrogate pair is escaped, so that it survives.
 * </ul>
 *
 * <p>Values nested deeper than {@value #MAX_DEPTH} levels, and so values that contain themselves, are refused.
 *
 * <p>Threads: used by one thread.
 */
final class JsonPayloadEncoder implements PayloadEncoder {
    /** Two stack frames each: far from the end of a task thread's stack. Parsers commonly stop at the same depth. */
    static final int MAX_DEPTH = 1000;

    /** A bigger buffer than this is not kept for the next record. */
    private static final int KEPT_BYTES = 1 << 20;

    private static final long MILLIS_PER_DAY = 86_400_000;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter TIMESTAMP =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    private final JsonFactory json = JsonFactory.builder()
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            // The shortest text that reads back as the same number, on every JDK.
            .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
            .build();

    private ByteArrayOutputStream buffer = new ByteArrayOutputStream();

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        try {
            try (JsonGenerator out = json.createGenerator(buffer)) {
                write(out, record.valueSchema(), record.value(), 0);
            }
            return buffer.toByteArray();
        } catch (IOException e) {
            throw new RejectedRecordException("The value cannot be written as JSON: change payload.encoder.", e);
        } finally {
            if (buffer.size() > KEPT_BYTES) {
                buffer = new ByteArrayOutputStream();
            } else {
                buffer.reset();
            }
        }
    }

    /** Goes by the value's class; the schema tells the logical types apart that share one. */
    private static void write(JsonGenerator out, @Nullable Schema schema, @Nullable Object value, int depth)
            throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Number number) {
            writeNumber(out, number);
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof byte[] bytes) {
            out.writeBinary(bytes);
        } else if (value instanceof ByteBuffer bytes) {
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            out.writeBinary(copy);
        } else if (value instanceof java.util.Date date) {
            out.writeString(dateText(schema, date));
        } else if (depth == MAX_DEPTH) {
            throw new RejectedRecordException("The value is nested deeper than " + MAX_DEPTH
                    + " levels, or contains itself: flatten it with a transform, or change payload.encoder.");
        } else if (value instanceof Struct struct) {
            writeStruct(out, struct, depth + 1);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(out, schema, map, depth + 1);
        } else if (value instanceof List<?> list) {
            writeList(out, schema, list, depth + 1);
        } else {
            throw unknown(value);
        }
    }

    private static void writeStruct(JsonGenerator out, Struct struct, int depth) throws IOException {
        out.writeStartObject();
        // No iterator: by index there is nothing to allocate per struct.
        List<Field> fields = struct.schema().fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            Schema schema = field.schema();
            out.writeFieldName(field.name());
            // get() puts the default in the place of a null that is meant as one.
            boolean keepsNull = schema.isOptional() && schema.defaultValue() != null;
            write(out, schema, keepsNull ? struct.getWithoutDefault(field.name()) : struct.get(field), depth);
        }
        out.writeEndObject();
    }

    private static void writeMap(JsonGenerator out, @Nullable Schema schema, Map<?, ?> map, int depth)
            throws IOException {
        @Nullable Schema valueSchema = schema != null && schema.type() == Schema.Type.MAP ? schema.valueSchema() : null;
        @Nullable Class<?> keyClass = null;
        out.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.writeFieldName(fieldName(entry.getKey(), keyClass));
            keyClass = entry.getKey().getClass();
            write(out, valueSchema, entry.getValue(), depth);
        }
        out.writeEndObject();
    }

    private static void writeList(JsonGenerator out, @Nullable Schema schema, List<?> list, int depth)
            throws IOException {
        @Nullable
        Schema valueSchema = schema != null && schema.type() == Schema.Type.ARRAY ? schema.valueSchema() : null;
        out.writeStartArray();
        for (Object element : list) {
            write(out, valueSchema, element, depth);
        }
        out.writeEndArray();
    }

    private static String fieldName(@Nullable Object key, @Nullable Class<?> keyClass) {
        if (key == null) {
            throw new RejectedRecordException("The value has a map with a null key, which cannot be a name in JSON:"
                    + " correct it with a transform, or change payload.encoder.");
        }
        boolean allowed = key instanceof String
                || key instanceof Long
                || key instanceof Integer
                || key instanceof Short
                || key instanceof Byte
                || key instanceof Boolean
                || key instanceof Double
                || key instanceof Float;
        // The number 1 and the string 1 would be one name, and one entry lost.
        if (!allowed || (keyClass != null && key.getClass() != keyClass)) {
            throw new RejectedRecordException("The value has a map with keys that cannot be names in JSON, where"
                    + (allowed ? " all must be of one class: " : " strings, numbers and booleans can: ")
                    + key.getClass().getName() + ". Change it with a transform, or change payload.encoder.");
        }
        return key.toString();
    }

    private static void writeNumber(JsonGenerator out, Number number) throws IOException {
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            out.writeNumber(number.longValue());
        } else if (number instanceof Double) {
            out.writeNumber(number.doubleValue());
        } else if (number instanceof Float) {
            out.writeNumber(number.floatValue());
        } else if (number instanceof BigDecimal decimal) {
            out.writeNumber(Decimals.text(decimal));
        } else if (number instanceof BigInteger integer) {
            out.writeNumber(integer);
        } else {
            throw unknown(number);
        }
    }

    @SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
    private static String dateText(@Nullable Schema schema, java.util.Date date) {
        long millis = date.getTime();
        @Nullable String type = schema == null ? null : schema.name();
        if (Date.LOGICAL_NAME.equals(type)) {
            if (Math.floorMod(millis, MILLIS_PER_DAY) != 0) {
                throw new RejectedRecordException("The value has a Date with a time of day, against its schema:"
                        + " correct the source or the transform.");
            }
            return LocalDate.ofEpochDay(Math.floorDiv(millis, MILLIS_PER_DAY)).toString();
        }
        if (Time.LOGICAL_NAME.equals(type)) {
            if (millis < 0 || millis >= MILLIS_PER_DAY) {
                throw new RejectedRecordException("The value has a Time beyond one day, against its schema:"
                        + " correct the source or the transform.");
            }
            return TIME.format(LocalTime.ofNanoOfDay(millis * 1_000_000));
        }
        return TIMESTAMP.format(Instant.ofEpochMilli(millis));
    }

    private static RejectedRecordException unknown(Object value) {
        return new RejectedRecordException("The value has a " + value.getClass().getName()
                + " in it, which is no Connect type and has no form in JSON: change it with a transform.");
    }
}
