package io.jetsink.translate;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jetsink.config.PayloadSettings;
import io.jetsink.config.PayloadSettings.CloudEventSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.translate.text.HeaderEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Encodes records as CloudEvents 1.0, with the protocol bindings for Kafka and NATS and the JSON event format.
 *
 * <ul>
 *   <li>Binary mode: the attributes, including {@code datacontenttype}, are headers {@code ce-<name>}. The payload is the
 *       data.
 *   <li>Structured mode: the payload is a JSON document of attributes and data. The header {@code Content-Type} identifies it.
 *       A structured value is written as {@code data}, and bytes are written as {@code data_base64}. A string is written as
 *       {@code data}, unless its content type is JSON or missing. The string is JSON text then, and as {@code data} it would be
 *       a JSON string that contains JSON, so its bytes are written as {@code data_base64}.
 *   <li>A record that is a structured event in JSON, by its {@code content-type}, is unchanged in both modes. In NATS each
 *       message has its own mode.
 * </ul>
 *
 * <p>Used by one thread.
 */
final class CloudEventsEncoder implements PayloadEncoder {
    private static final String PREFIX = "ce-";
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String DATA = "data";
    private static final String BASE64 = "data_base64";

    private final CloudEventAttributes attributes;
    private final PayloadEncoder plain;
    private final PayloadEncoder mode;
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonValues values;

    CloudEventsEncoder(PayloadSettings settings) {
        this.attributes = new CloudEventAttributes(settings.cloudEvents());
        this.plain = new PlainPayloadEncoder(() -> new JsonPayloadEncoder(settings));
        this.values = new JsonValues(settings);
        this.mode = switch (settings.cloudEvents().mode()) {
            case BINARY -> this::binary;
            case STRUCTURED -> this::structured;
        };
    }

    /** Returns the mapper for events without data, which are empty messages in binary mode in both modes. */
    static BiConsumer<SinkRecord, MessageHeaders> ofTombstones(CloudEventSettings settings) {
        CloudEventAttributes attributes = new CloudEventAttributes(settings);
        return (record, headers) -> {
            if (record.value() == null) {
                addTo(headers, attributes.of(record));
            }
        };
    }

    @Override
    public byte[] encode(SinkRecord record, MessageHeaders headers) {
        String contentType = CloudEventAttributes.contentType(record);
        if (contentType != null && MediaTypes.isEvent(contentType)) {
            if (!MediaTypes.isEventInJson(contentType)) {
                throw new RejectedRecordException(
                        ErrorCode.CLOUD_EVENT,
                        "The record is a CloudEvent in another format than "
                                + MediaTypes.EVENT_IN_JSON
                                + ", the only one with a NATS binding: correct its producer, or"
                                + " change payload.encoder.");
            }
            headers.set(CONTENT_TYPE, MediaTypes.EVENT_IN_JSON);
            return plain.encode(record, headers);
        }
        return mode.encode(record, headers);
    }

    private byte[] binary(SinkRecord record, MessageHeaders headers) {
        addTo(headers, attributes.of(record));
        return plain.encode(record, headers);
    }

    private byte[] structured(SinkRecord record, MessageHeaders headers) {
        headers.set(CONTENT_TYPE, MediaTypes.EVENT_IN_JSON);
        return buffer.document(out -> write(out, record));
    }

    private void write(JsonGenerator out, SinkRecord record) throws IOException {
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

    private static void addTo(MessageHeaders headers, Map<String, String> attributes) {
        // The binding requires that blanks, quotes and percent signs are encoded. Other headers keep them.
        attributes.forEach((name, value) -> headers.set(PREFIX + name, HeaderEncoding.word(value)));
    }
}
