package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jetsink.config.PayloadSettings.DecimalFormat;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Decimals;
import java.io.IOException;
import java.math.BigDecimal;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.jspecify.annotations.Nullable;

/** How decimals are written in JSON ({@code payload.encoder.decimal.format}). */
@FunctionalInterface
interface DecimalWriter {
    /** @param schema of the number, null if there is none */
    void write(JsonGenerator out, @Nullable Schema schema, BigDecimal number) throws IOException;

    static DecimalWriter of(DecimalFormat format) {
        return switch (format) {
            case NUMBER -> (out, schema, number) -> out.writeNumber(Decimals.text(number));
            case STRING -> (out, schema, number) -> out.writeString(Decimals.text(number));
            case BASE64 -> DecimalWriter::writeUnscaled;
        };
    }

    private static void writeUnscaled(JsonGenerator out, @Nullable Schema schema, BigDecimal number)
            throws IOException {
        // Readers take the scale from the schema: another one, or none, would make it another number.
        if (schema == null || !Integer.toString(number.scale()).equals(scale(schema))) {
            throw new RejectedRecordException("The value has a decimal whose scale is not that of its schema, and"
                    + " payload.encoder.decimal.format is base64, which leaves the scale to the schema: set it to"
                    + " number or string.");
        }
        out.writeBinary(number.unscaledValue().toByteArray());
    }

    private static @Nullable String scale(Schema schema) {
        return schema.parameters() == null ? null : schema.parameters().get(Decimal.SCALE_FIELD);
    }
}
