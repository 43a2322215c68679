package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jetsink.config.PayloadSettings;
import io.jetsink.config.PayloadSettings.DateFormat;
import io.jetsink.config.PayloadSettings.DecimalFormat;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Dates;
import io.jetsink.translate.text.Decimals;
import io.jetsink.translate.text.TypeName;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.jspecify.annotations.Nullable;

/**
 * Writes any value as JSON, without its schema. Fields and entries keep their order.
 *
 * <ul>
 *   <li>A null field of a struct is written as {@code null}, or as its default if the field is not optional.
 *   <li>Bytes are base64. Decimals, dates, times and timestamps are written as configured. A date without a schema is a
 *       timestamp.
 *   <li>JSON has no numbers for NaN and the infinities. They are the strings {@code "NaN"}, {@code "Infinity"} and
 *       {@code "-Infinity"}.
 *   <li>Keys of maps are strings, booleans or numbers, and are written as strings.
 *   <li>Half a surrogate pair is escaped and so not altered.
 * </ul>
 *
 * <p>Values with more than {@value #MAX_DEPTH} levels, and so values that contain themselves, are rejected.
 */
record JsonValues(DecimalFormat decimals, DateFormat dates) {
    /** A level has two stack frames, so the stack of a task thread is sufficient. Parsers often have the same limit. */
    static final int MAX_DEPTH = 1000;

    JsonValues(PayloadSettings settings) {
        this(settings.decimals(), settings.dates());
    }

    /**
     * Writes a value by its class. The schema distinguishes the logical types of one class.
     *
     * @param depth the number of levels around the value
     * @throws RejectedRecordException if the value cannot be written as JSON
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
            writeDate(out, schema, date);
        } else if (depth == MAX_DEPTH) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The value is nested deeper than " + MAX_DEPTH
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
        // Access by index allocates no iterator.
        List<Field> fields = struct.schema().fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            Schema schema = field.schema();
            out.writeFieldName(field.name());
            // get() would replace the null of an optional field by the default.
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
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The value has a map with a null key, which cannot be a name in JSON:"
                            + " correct the map with a transform, or change payload.encoder.");
        }
        boolean allowed = key instanceof String
                || Decimals.isInteger(key)
                || key instanceof Boolean
                || key instanceof Double
                || key instanceof Float;
        // The number 1 and the string 1 have the same name, so one of the entries would be lost.
        if (!allowed || (keyClass != null && key.getClass() != keyClass)) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The value has a map with keys that cannot be names in JSON, where"
                            + (allowed ? " all must be of one class: " : " strings, numbers and booleans can: ")
                            + TypeName.of(key)
                            + ". Change the map with a transform, or change payload.encoder.");
        }
        return key.toString();
    }

    private void writeNumber(JsonGenerator out, @Nullable Schema schema, Number number) throws IOException {
        if (Decimals.isInteger(number)) {
            out.writeNumber(number.longValue());
        } else if (number instanceof Double) {
            out.writeNumber(number.doubleValue());
        } else if (number instanceof Float) {
            out.writeNumber(number.floatValue());
        } else if (number instanceof BigDecimal decimal) {
            switch (decimals) {
                case NUMBER -> out.writeNumber(Decimals.text(decimal));
                case STRING -> out.writeString(Decimals.text(decimal));
                case BASE64 -> writeUnscaled(out, schema, decimal);
            }
        } else if (number instanceof BigInteger integer) {
            out.writeNumber(Decimals.text(integer));
        } else {
            throw unknown(number);
        }
    }

    /** Writes the digits without the scale, which readers look up in the schema. */
    private static void writeUnscaled(JsonGenerator out, @Nullable Schema schema, BigDecimal number)
            throws IOException {
        @Nullable
        String scale = schema == null || schema.parameters() == null
                ? null
                : schema.parameters().get(Decimal.SCALE_FIELD);
        if (!Integer.toString(number.scale()).equals(scale)) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The value has a decimal whose scale is not that of its schema, and"
                            + " payload.encoder.decimal.format is base64, which does not contain the scale: set"
                            + " payload.encoder.decimal.format to number or string.");
        }
        out.writeBinary(number.unscaledValue().toByteArray());
    }

    @SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
    private void writeDate(JsonGenerator out, @Nullable Schema schema, java.util.Date date) throws IOException {
        long millis = date.getTime();
        @Nullable String type = schema == null ? null : schema.name();
        boolean isDate = Date.LOGICAL_NAME.equals(type);
        boolean isTime = Time.LOGICAL_NAME.equals(type);
        if (isDate && !Dates.isDate(millis)) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The value has a Date with a time of day, against its schema:"
                            + " correct the source connector or the transform.");
        }
        if (isTime && !Dates.isTime(millis)) {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The value has a Time beyond one day, against its schema:"
                            + " correct the source connector or the transform.");
        }
        if (dates == DateFormat.EPOCH) {
            out.writeNumber(isDate ? Dates.days(millis) : millis);
        } else if (isTime) {
            out.writeString(Dates.time(millis));
        } else if (Dates.isInRange(millis)) {
            out.writeString(isDate ? Dates.date(millis) : Dates.timestamp(millis));
        } else {
            throw new RejectedRecordException(
                    ErrorCode.PAYLOAD,
                    "The value has a date " + Dates.OUT_OF_RANGE + ": set " + PayloadSettings.DATE_FORMAT_CONFIG
                            + "=epoch, or correct the source connector or the transform.");
        }
    }

    private static RejectedRecordException unknown(Object value) {
        return new RejectedRecordException(
                ErrorCode.PAYLOAD,
                "The value contains a " + TypeName.of(value)
                        + ", which is not a Connect type and cannot be written as JSON: convert it with a transform.");
    }
}
