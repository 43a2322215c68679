package io.jetsink.translate;

import io.jetsink.config.TranslationSettings;
import io.jetsink.publish.OutboundMessage;
import io.jetsink.publish.RejectedRecordException;
import io.nats.client.impl.Headers;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of a record, as Connect delivers it after converters and transforms. No input of a record can make a
 * subject that is a wildcard, invalid, or reserved by NATS, and no header comes from a record.
 *
 * <p>Threads: used by one thread, the task's.
 */
public final class RecordTranslator {
    private static final byte[] EMPTY = {};
    private static final Headers TOMBSTONE = tombstoneHeaders();

    private final TranslationSettings settings;
    private final TemplateSubjectMapper subjects;
    private final PayloadEncoder encoder;

    /** @throws ConfigException naming {@code subject} if its template is invalid */
    public RecordTranslator(TranslationSettings settings) {
        this.settings = settings;
        this.subjects = new TemplateSubjectMapper(SubjectTemplate.parse(settings.subject()));
        this.encoder = switch (settings.payload()) {
            case AUTO -> new PlainPayloadEncoder(new JsonPayloadEncoder());
            case RAW -> new PlainPayloadEncoder(RecordTranslator::refuse);
            case JSON -> new JsonPayloadEncoder();
        };
    }

    /** A filter, as of subscriptions, that covers the subject of every record. */
    public String subjects() {
        return subjects(settings.subject());
    }

    /**
     * A filter that covers every subject that a template can become.
     *
     * @throws ConfigException naming {@code subject} if this is no template
     */
    public static String subjects(String template) {
        return SubjectTemplate.parse(template).filter();
    }

    /**
     * Translates one record.
     *
     * @return the message, or null if the record is to be skipped: a tombstone, when {@code tombstones} says so
     * @throws RejectedRecordException if the record can never become a message
     */
    public @Nullable OutboundMessage translate(SinkRecord record) {
        if (record.value() == null) {
            return tombstone(record);
        }
        return new OutboundMessage(subjects.subjectFor(record), null, encoder.encode(record));
    }

    private @Nullable OutboundMessage tombstone(SinkRecord record) {
        return switch (settings.tombstones()) {
            case PUBLISH -> new OutboundMessage(subjects.subjectFor(record), TOMBSTONE, EMPTY);
            case SKIP -> null;
            case REJECT ->
                throw new RejectedRecordException(
                        "The record has no value, and tombstones is reject: set it to publish or skip.");
        };
    }

    private static byte[] refuse(SinkRecord record) {
        throw new RejectedRecordException(
                "The value is a " + record.value().getClass().getName()
                        + ", and payload.encoder is raw, which takes bytes and strings only: set it to auto or json.");
    }

    /** One read-only instance for all tasks and threads. */
    private static Headers tombstoneHeaders() {
        Headers headers = new Headers(new Headers().put("Kafka-Tombstone", "true"), true);
        // The only state it still has is this cache, filled without a lock: fill it before others can see it.
        headers.getSerialized();
        return headers;
    }
}
