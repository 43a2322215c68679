package io.jetsink.translate;

import io.jetsink.config.CloudEventSettings;
import io.jetsink.config.PayloadSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.translate.text.HeaderEncoding;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Encodes records as CloudEvents 1.0, with the protocol bindings for Kafka and NATS and the JSON event format.
 *
 * <ul>
 *   <li>Binary mode: the attributes, including {@code datacontenttype}, are headers {@code ce-<name>}. The payload is the
 *       data.
 *   <li>Structured mode: the payload is a JSON document of attributes and data. The header {@code Content-Type} identifies it.
 *   <li>A record that is a structured event in JSON, by its {@code content-type}, is unchanged in both modes. In NATS each
 *       message has its own mode.
 * </ul>
 *
 * <p>Used by one thread.
 */
final class CloudEventsEncoder implements PayloadEncoder {
    private static final String PREFIX = "ce-";
    private static final String CONTENT_TYPE = "Content-Type";

    private final CloudEventAttributes attributes;
    private final PayloadEncoder plain;
    private final PayloadEncoder mode;
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonBuffer.Content document;

    CloudEventsEncoder(PayloadSettings settings) {
        this.attributes = new CloudEventAttributes(settings.cloudEvents());
        this.plain = new PlainPayloadEncoder(() -> new JsonPayloadEncoder(settings));
        this.document = new CloudEventDocument(attributes, new JsonValues(settings));
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
        return buffer.document(record, document);
    }

    private static void addTo(MessageHeaders headers, Map<String, String> attributes) {
        // The binding requires that blanks, quotes and percent signs are encoded. Other headers keep them.
        attributes.forEach((name, value) -> headers.set(PREFIX + name, HeaderEncoding.word(value)));
    }
}
