package io.jetsink.translate;

import io.jetsink.config.TranslationSettings;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.spi.SubjectMapper;
import io.jetsink.translate.subject.SubjectRoutes;
import io.jetsink.translate.subject.SubjectRules;
import io.jetsink.translate.subject.TemplateParser;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes a message of a record, as Connect delivers it after converters and transforms. No input of a record can make a
 * subject that is a wildcard, invalid, or reserved by NATS, nor a header that is a command to it.
 *
 * <p>Threads: used by one thread, the task's.
 */
public final class RecordTranslator implements AutoCloseable {
    private static final byte[] EMPTY = {};

    private final TranslatorAssembly parts;
    private final RecordFilter skips;
    private final SubjectMapper subjects;
    private final HeaderMapper headers;
    private final PayloadEncoder encoder;
    private final TombstoneRule tombstones;
    private final ConnectorHeaders commands;
    private final HeaderBlock block = new HeaderBlock();
    private final DroppedHeaderWarnings leftOut;

    /**
     * @param connector its name
     * @throws ConfigException naming the key, if a template is invalid or a class of the user's cannot be used
     */
    public RecordTranslator(TranslationSettings settings, String connector) {
        this.parts = new TranslatorAssembly();
        try {
            this.subjects = parts.subjects(settings.subject());
            this.headers = parts.headers(settings.headers(), settings.payload());
            this.encoder = parts.encoder(settings.payload());
            this.tombstones = TombstoneRule.of(settings.message().tombstones());
            @Nullable String value = settings.headers().origin();
            LoopGuard origin = value == null ? null : new LoopGuard(connector, value);
            this.skips = parts.skips(settings.message(), origin);
            this.commands = parts.commands(settings.message(), connector, origin);
            this.leftOut = new DroppedHeaderWarnings(connector);
        } catch (RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    /** Filters, as of subscriptions, that together cover the subject of every record. */
    public List<String> subjects() {
        return subjects.subjects();
    }

    /**
     * Filters of all that a template can become.
     *
     * @param bucket the key-value bucket that is written to, null: a stream
     * @throws ConfigException naming {@code subject} if this is no template
     */
    public static List<String> subjects(String template, @Nullable String bucket) {
        SubjectRules rules = SubjectRules.of(bucket);
        return rules.filters(List.of(TemplateParser.parse(template, rules).filter()));
    }

    /**
     * Filters of all that routes can become.
     *
     * @param bucket the key-value bucket that is written to, null: a stream
     * @throws ConfigException naming {@code subject.routes} if these are no routes
     */
    public static List<String> routedSubjects(String routes, @Nullable String bucket) {
        SubjectRules rules = SubjectRules.of(bucket);
        return rules.filters(SubjectRoutes.filters(routes, rules));
    }

    /**
     * Translates one record.
     *
     * @return the message, or null if the record is to be skipped
     * @throws RejectedRecordException if the record can never become a message
     * @throws RetriableException if it cannot now
     */
    public @Nullable OutboundMessage translate(SinkRecord record) {
        if (skips.skip(record)) {
            return null;
        }
        block.clear();
        String subject = subjects.subjectFor(record);
        headers.mapHeaders(record, block);
        byte[] payload = EMPTY;
        if (record.value() == null) {
            tombstones.apply(block);
        } else {
            payload = encoder.encode(record, block);
        }
        commands.add(record, block);
        leftOut.tell(block.left(), record);
        return new OutboundMessage(subject, block.build(), payload);
    }

    @Override
    public void close() {
        parts.close();
    }
}
