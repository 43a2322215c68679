package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record as one JSON document, by the JSON event format of CloudEvents 1.0.
 *
 * <p>A value with structure is {@code data}; bytes are {@code data_base64}; a string is {@code data}, unless its content
 * type says that it is JSON, or nothing: then it is the text of the data, and {@code data} would hold it as a string inside
 * of JSON, which is something else. Its bytes go as {@code data_base64}.
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
