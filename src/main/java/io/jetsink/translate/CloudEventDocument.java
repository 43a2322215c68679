package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes a record as one JSON document in the JSON event format of CloudEvents 1.0.
 *
 * <p>A structured value is written as {@code data}, and bytes are written as {@code data_base64}. A string is written as
 * {@code data}, unless its content type is JSON or missing. The string is JSON text then, and as {@code data} it would be a
 * JSON string that contains JSON, so its bytes are written as {@code data_base64}.
 */
final class CloudEventDocument implements JsonBuffer.Content {
    private static final String DATA = "data";
    private static final String BASE64 = "data_base64";

    private final CloudEventAttributes attributes;
    private final JsonValues values;

    CloudEventDocument(CloudEventAttributes attributes, JsonValues values) {
        this.attributes = attributes;
        this.values = values;
    }

    @Override
    public void write(JsonGenerator out, SinkRecord record) throws IOException {
        Map<String, String> event = attributes.of(record);
        out.writeStartObject();
        for (Map.Entry<String, String> attribute : event.entrySet()) {
            out.writeStringField(attribute.getKey(), attribute.getValue());
        }
        writeData(out, record, event.get(CloudEventAttributes.CONTENT_TYPE));
        out.writeEndObject();
    }

    private void writeData(JsonGenerator out, SinkRecord record, @Nullable String contentType) throws IOException {
        Object value = record.value();
        if (value instanceof byte[] bytes) {
            out.writeBinaryField(BASE64, bytes);
        } else if (value instanceof ByteBuffer bytes) {
            out.writeBinaryField(BASE64, PlainPayloadEncoder.bytes(bytes));
        } else if (!(value instanceof String text)) {
            out.writeFieldName(DATA);
            values.write(out, record.valueSchema(), value, 1);
        } else if (contentType == null || MediaTypes.isJson(contentType)) {
            out.writeBinaryField(BASE64, PlainPayloadEncoder.utf8(text));
        } else {
            out.writeStringField(DATA, text);
        }
    }
}
