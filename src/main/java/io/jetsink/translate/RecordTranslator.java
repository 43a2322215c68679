package io.jetsink.translate;

import io.jetsink.config.TranslationSettings;
import io.jetsink.message.Coordinates;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.spi.SubjectMapper;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates a record, after converters and transforms, into a message. No record can produce a subject that is invalid,
 * has a wildcard or is reserved by NATS, nor a header that is a command to NATS.
 *
 * <p>Used by the task thread only.
 */
public final class RecordTranslator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecordTranslator.class);
    private static final byte[] EMPTY = {};

    private final String connector;
    private final TranslatorAssembly parts;
    private final Function<SinkRecord, @Nullable ErrorCode> skips;
    private final SubjectMapper subjects;
    private final BiConsumer<SinkRecord, MessageHeaders> headers;
    private final PayloadEncoder encoder;
    private final Consumer<HeaderBlock> tombstones;
    private final BiConsumer<SinkRecord, HeaderBlock> commands;
    private final HeaderBlock block = new HeaderBlock();
    private long lastLogged;
    private ErrorCode skipReason = ErrorCode.TOMBSTONE_SKIPPED;

    /** @throws ConfigException naming the key, if a template is invalid or a plug-in cannot be used */
    public RecordTranslator(TranslationSettings settings, String connector) {
        this.connector = connector;
        this.parts = new TranslatorAssembly(connector);
        try {
            this.subjects = parts.subjects(settings.subject());
            this.headers = parts.headers(settings.headers(), settings.payload());
            this.encoder = parts.encoder(settings.payload());
            this.tombstones = parts.tombstones(settings.message().tombstones());
            @Nullable String origin = settings.headers().origin();
            LoopGuard guard = origin == null ? null : new LoopGuard(connector, origin);
            this.skips = parts.skips(settings.message(), guard);
            this.commands = parts.commands(settings.message(), connector, guard);
        } catch (RuntimeException | Error e) {
            parts.close();
            throw e;
        }
    }

    /** Returns the subject filters that together match the subject of each record. */
    public List<String> subjectFilters() {
        return subjects.subjects();
    }

    /**
     * Translates one record.
     *
     * @return the message, or null if the record is skipped
     * @throws RejectedRecordException if the record can never become a message
     * @throws RetriableException if the record cannot become a message yet
     */
    public @Nullable OutboundMessage translate(SinkRecord record) {
        ErrorCode reason = skips.apply(record);
        if (reason != null) {
            skipReason = reason;
            return null;
        }
        block.clear();
        String subject = subjects.subjectFor(record);
        headers.accept(record, block);
        byte[] payload = EMPTY;
        if (record.value() == null) {
            tombstones.accept(block);
        } else {
            payload = encoder.encode(record, block);
        }
        commands.accept(record, block);
        warnOfDropped(block.dropped(), record);
        return new OutboundMessage(subject, block.build(), payload);
    }

    /** Returns why the last record without a message was skipped. */
    public ErrorCode skipReason() {
        return skipReason;
    }

    /** Logs when the number of headers left out reaches 1, 2, 4 and so on. Their names are content of records: not logged. */
    private void warnOfDropped(long count, SinkRecord record) {
        if (Long.highestOneBit(count) > lastLogged) {
            lastLogged = Long.highestOneBit(count);
            LOG.warn(
                    "{} {}: {} headers were left out so far, most recently at {}, because their names are reserved by NATS"
                            + " (Nats-*, Status, Description, KV-Operation) or empty: exclude them with headers.exclude"
                            + " or a transform",
                    ErrorCode.HEADERS_LEFT_OUT,
                    connector,
                    count,
                    Coordinates.of(record));
        }
    }

    @Override
    public void close() {
        parts.close();
    }
}
