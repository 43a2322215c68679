package io.jetsink.translate;

import io.jetsink.config.PayloadSettings.CloudEventSettings;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.translate.text.Dates;
import io.jetsink.translate.text.Decimals;
import io.jetsink.translate.text.Surrogates;
import io.jetsink.translate.text.TypeName;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Returns the attributes of a record as a CloudEvent of version 1.0. A record that is an event in the binary mode of the Kafka
 * binding keeps its attributes. The attributes of other records are derived from their coordinates.
 */
record CloudEventAttributes(@Nullable String source, String type) {
    static final String CONTENT_TYPE = "datacontenttype";

    private static final String KAFKA_PREFIX = "ce_";
    private static final String KAFKA_CONTENT_TYPE = "content-type";
    private static final String SPEC_VERSION = "specversion";
    private static final String VERSION = "1.0";
    private static final List<String> REQUIRED = List.of("id", "source", "type");

    CloudEventAttributes(CloudEventSettings settings) {
        this(settings.source(), settings.type());
    }

    /** Returns the content type in the headers of a record, or null if there is none. */
    static @Nullable String contentType(SinkRecord record) {
        Header header = record.headers().lastWithName(KAFKA_CONTENT_TYPE);
        @Nullable Object value = header == null ? null : header.value();
        return value instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8)
                : value instanceof String text ? text : null;
    }

    /**
     * Returns the attributes by name, in a fixed order. The attribute {@code datacontenttype} describes the value before it is
     * encoded.
     *
     * @throws RejectedRecordException if the record is an invalid event
     */
    Map<String, String> of(SinkRecord record) {
        return record.headers().lastWithName(KAFKA_PREFIX + SPEC_VERSION) == null ? derived(record) : own(record);
    }

    private Map<String, String> derived(SinkRecord record) {
        Map<String, String> attributes = new LinkedHashMap<>();
        String topic = record.originalTopic();
        attributes.put(SPEC_VERSION, VERSION);
        attributes.put("id", topic + "-" + record.originalKafkaPartition() + "-" + record.originalKafkaOffset());
        attributes.put("source", source == null ? "/kafka/" + topic : source);
        attributes.put("type", type);
        Long timestamp = record.timestamp();
        if (timestamp != null && Dates.isInRange(timestamp)) {
            attributes.put("time", Dates.timestamp(timestamp));
        }
        Object key = record.key();
        String subject = key instanceof Number number ? text(number) : key instanceof String text ? text : "";
        if (!subject.isEmpty()) {
            attributes.put("subject", paired("subject", subject));
        }
        if (record.value() != null) {
            attributes.put(CONTENT_TYPE, typeOf(record.value()));
        }
        return attributes;
    }

    private static Map<String, String> own(SinkRecord record) {
        Map<String, String> attributes = new LinkedHashMap<>();
        // The version is always the first attribute.
        attributes.put(SPEC_VERSION, VERSION);
        boolean versionSeen = false;
        for (Header header : record.headers()) {
            if (!header.key().startsWith(KAFKA_PREFIX) || header.value() == null) {
                continue;
            }
            String name = header.key().substring(KAFKA_PREFIX.length());
            check(name);
            String value = text(header);
            if (name.equals(SPEC_VERSION) && !versionSeen) {
                versionSeen = true;
                if (!value.equals(VERSION)) {
                    throw invalid("has another version than 1.0");
                }
            } else if (attributes.put(name, value) != null) {
                throw invalid("has the attribute " + LogSafeText.of(name) + " twice");
            }
        }
        for (String name : REQUIRED) {
            if (attributes.getOrDefault(name, "").isEmpty()) {
                throw invalid("has no " + name);
            }
        }
        if (!versionSeen) {
            throw invalid("has no " + SPEC_VERSION);
        }
        Header contentType = record.headers().lastWithName(KAFKA_CONTENT_TYPE);
        if (contentType != null && contentType.value() != null) {
            attributes.put(CONTENT_TYPE, text(contentType));
        }
        describeJson(attributes, record.value());
        return attributes;
    }

    /** Sets the content type of a structured value, which is encoded as JSON. */
    private static void describeJson(Map<String, String> attributes, @Nullable Object value) {
        if (value != null
                && typeOf(value).equals(MediaTypes.JSON)
                && !MediaTypes.isJson(attributes.getOrDefault(CONTENT_TYPE, ""))) {
            attributes.put(CONTENT_TYPE, MediaTypes.JSON);
        }
    }

    private static String typeOf(Object value) {
        if (value instanceof byte[] || value instanceof ByteBuffer) {
            return MediaTypes.BYTES;
        }
        return value instanceof String ? MediaTypes.TEXT : MediaTypes.JSON;
    }

    private static void check(String name) {
        boolean valid = !name.isEmpty() && !name.equals("data");
        for (int at = 0; at < name.length(); at++) {
            char c = name.charAt(at);
            valid &= (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        }
        if (!valid) {
            throw invalid("has a header that begins with ce_ and does not continue with the name of an attribute, which"
                    + " consists of the letters a to z and digits and is not data");
        }
    }

    /** Returns the text of an attribute. In any other type the original text is lost: a converter parses 007 as 7. */
    private static String text(Header header) {
        Object value = header.value();
        if (value instanceof String text) {
            return paired(header.key(), text);
        }
        if (value instanceof byte[] bytes) {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new RejectedRecordException(
                        ErrorCode.CLOUD_EVENT,
                        "The record is a CloudEvent whose header " + LogSafeText.of(header.key())
                                + " is not UTF-8: correct its producer, or change payload.encoder.",
                        e);
            }
        }
        throw new RejectedRecordException(
                ErrorCode.CLOUD_EVENT,
                "The record is a CloudEvent whose header " + LogSafeText.of(header.key()) + " is a "
                        + TypeName.of(value) + " and not text: set header.converter to"
                        + " org.apache.kafka.connect.storage.StringConverter, which does not change headers.");
    }

    private static String text(Number number) {
        return number instanceof BigDecimal decimal ? Decimals.text(decimal) : number.toString();
    }

    private static String paired(String name, String text) {
        if (!Surrogates.arePaired(text)) {
            throw new RejectedRecordException(
                    ErrorCode.CLOUD_EVENT,
                    "The record as a CloudEvent has half a surrogate pair in "
                            + LogSafeText.of(name)
                            + ", which has no form in UTF-8: correct its producer, or change payload.encoder.");
        }
        return text;
    }

    private static RejectedRecordException invalid(String problem) {
        return new RejectedRecordException(
                ErrorCode.CLOUD_EVENT,
                "The record is a CloudEvent, by its header ce_specversion, and " + problem
                        + ": correct its producer, or change payload.encoder.");
    }
}
