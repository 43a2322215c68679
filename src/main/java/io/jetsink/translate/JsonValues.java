package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jetsink.config.PayloadSettings;
import io.jetsink.config.PayloadSettings.DateFormat;
import io.jetsink.config.PayloadSettings.DecimalFormat;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Decimals;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Any value as JSON, without its schema. Fields and entries keep their order.
 *
 * <ul>
 *   <li>A struct's field that is null is written as {@code null}; if the field may not be null, as its default.
 *   <li>Bytes are base64. Decimals, and dates, times and timestamps, are written as configured; a date without a schema
 *       is a timestamp.
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
final class JsonValues {
    /** Two stack frames each: far from the end of a task thread's stack. Parsers commonly stop at the same depth. */
    static final int MAX_DEPTH = 1000;

    private final DecimalWriter decimals;
    private final DateWriter dates;

    JsonValues(PayloadSettings settings) {
        this(settings.decimals(), settings.dates());
    }

    JsonValues(DecimalFormat decimals, DateFormat dates) {
        this.decimals = DecimalWriter.of(decimals);
        this.dates = DateWriter.of(dates);
    }

    /**
     * Goes by the value's class; the schema tells the logical types apart that share one.
     *
     * @param depth how many levels lie around it
     * @throws RejectedRecordException if it has no form in JSON
     */
    void write(JsonGenerator out, @Nullable Schema schema, @Nullable Object value, int depth) throws IOException {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof String text) {
            out.writeString(text);
        } else if (value instanceof Number number) {
            writeNumber(out, schema, number);
        } else if (value instanceof Boolean bool) {
            out.writeBoolean(bool);
        } else if (value instanceof byte[] bytes) {
            out.writeBinary(bytes);
        } else if (value instanceof ByteBuffer bytes) {
            out.writeBinary(PlainPayloadEncoder.bytes(bytes));
        } else if (value instanceof java.util.Date date) {
            dates.write(out, schema, date);
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

    private void writeStruct(JsonGenerator out, Struct struct, int depth) throws IOException {
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

    private void writeMap(JsonGenerator out, @Nullable Schema schema, Map<?, ?> map, int depth) throws IOException {
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

    private void writeList(JsonGenerator out, @Nullable Schema schema, List<?> list, int depth) throws IOException {
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

    private void writeNumber(JsonGenerator out, @Nullable Schema schema, Number number) throws IOException {
        if (number instanceof Long || number instanceof Integer || number instanceof Short || number instanceof Byte) {
            out.writeNumber(number.longValue());
        } else if (number instanceof Double) {
            out.writeNumber(number.doubleValue());
        } else if (number instanceof Float) {
            out.writeNumber(number.floatValue());
        } else if (number instanceof BigDecimal decimal) {
            decimals.write(out, schema, decimal);
        } else if (number instanceof BigInteger integer) {
            out.writeNumber(Decimals.text(integer));
        } else {
            throw unknown(number);
        }
    }

    private static RejectedRecordException unknown(Object value) {
        return new RejectedRecordException("The value has a " + value.getClass().getName()
                + " in it, which is no Connect type and has no form in JSON: change it with a transform.");
    }
}
