package io.jetsink.translate;

import io.jetsink.config.CloudEventSettings;
import io.jetsink.config.PayloadSettings;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.translate.text.HeaderEncoding;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Records as CloudEvents 1.0, by the protocol bindings for Kafka and for NATS and the event format for JSON.
 *
 * <ul>
 *   <li>Binary: the attributes are headers {@code ce-<name>}, {@code datacontenttype} among them; the payload is the data.
 *   <li>Structured: attributes and data are one JSON document, and the header {@code Content-Type} says so.
 *   <li>A record that is a whole event in JSON by its {@code content-type} passes as it is, in either mode: NATS has the
 *       mode by the message.
 * </ul>
 *
 * <p>Threads: used by one thread.
 */
final class CloudEventsEncoder implements PayloadEncoder {
    private static final String PREFIX = "ce-";
    private static final String CONTENT_TYPE = "Content-Type";

    private final CloudEventAttributes attributes;
    private final PayloadEncoder plain;
    private final PayloadEncoder form;
    private final JsonBuffer buffer = new JsonBuffer();
    private final JsonBuffer.Content document;

    CloudEventsEncoder(PayloadSettings settings) {
        this.attributes = new CloudEventAttributes(settings.cloudEvents());
        this.plain = new PlainPayloadEncoder(new JsonPayloadEncoder(settings));
        this.document = new CloudEventDocument(attributes, new JsonValues(settings));
        this.form = switch (settings.cloudEvents().mode()) {
            case BINARY -> this::binary;
            case STRUCTURED -> this::structured;
        };
    }

    /** An event without data is an empty message in binary mode, whatever mode others have: it has no document. */
    static HeaderMapper ofTombstones(CloudEventSettings settings) {
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
                throw new RejectedRecordException("The record is a CloudEvent in another format than "
                        + MediaTypes.EVENT_IN_JSON + ", the one that NATS has a binding for: change its producer, or"
                        + " payload.encoder.");
            }
            headers.set(CONTENT_TYPE, MediaTypes.EVENT_IN_JSON);
            return plain.encode(record, headers);
        }
        return form.encode(record, headers);
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
        // Encoded here: the binding wants blanks, quotes and percent signs encoded that other headers keep.
        attributes.forEach((name, value) -> headers.set(PREFIX + name, HeaderEncoding.word(value)));
    }
}
