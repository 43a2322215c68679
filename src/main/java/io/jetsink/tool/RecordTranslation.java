package io.jetsink.tool;

import io.jetsink.config.OversizeSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.publish.objects.ObjectPointer;
import io.jetsink.translate.RecordTranslator;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;

/** Translates records of Kafka with everything that is configured: converters, transforms and the connector itself. */
final class RecordTranslation implements AutoCloseable {
    private final SinkConfig config;
    private final RecordConversion conversion;
    private final RecordTranslator translator;
    private long limit = Long.MAX_VALUE;

    RecordTranslation(SinkConfig config, ConnectorConfig connector) {
        this.config = config;
        this.conversion = new RecordConversion(connector);
        try {
            conversion.require();
            this.translator = new RecordTranslator(config.translation(), config.connectorName());
        } catch (RuntimeException e) {
            conversion.close();
            throw e;
        }
    }

    /** Returns the subject filters that together match the subject of each record. */
    List<String> subjectFilters() {
        return translator.subjectFilters();
    }

    /** Sets the bytes of the largest message that server and stream accept. By default there is no limit. */
    void limit(long bytes) {
        limit = bytes;
    }

    Outcome of(ConsumerRecord<byte[], byte[]> record) {
        try {
            SinkRecord converted = conversion.convert(record);
            if (converted == null) {
                return Outcome.of(Outcome.Kind.DROPPED, "a transform drops the record");
            }
            OutboundMessage message = translator.translate(converted);
            if (message == null) {
                return Outcome.of(Outcome.Kind.SKIPPED, skipReason(converted));
            }
            return message.limitedSize() <= limit ? Outcome.published(message) : tooLarge(converted, message);
        } catch (RejectedRecordException e) {
            return Outcome.of(Outcome.Kind.REJECTED, e.code().text(String.valueOf(e.getMessage())));
        } catch (RetriableException e) {
            return Outcome.of(Outcome.Kind.RETRIED, ErrorCode.NOT_TRANSLATED_YET.text(Failures.describe(e)));
        } catch (ConversionException e) {
            return Outcome.of(Outcome.Kind.REJECTED, Failures.describe(e));
        }
    }

    private static String skipReason(SinkRecord record) {
        return record.value() == null
                ? ErrorCode.TOMBSTONE_SKIPPED.text("the record has no value (tombstones=skip)")
                : ErrorCode.LOOP_SKIPPED.text("the record has its origin here (headers.origin)");
    }

    private Outcome tooLarge(SinkRecord record, OutboundMessage message) {
        OversizeSettings oversize = config.oversize();
        return oversize == null
                ? Outcome.of(
                        Outcome.Kind.REJECTED,
                        ErrorCode.TOO_LARGE.text("the message has " + message.limitedSize() + " bytes, and server and"
                                + " stream accept " + limit))
                : Outcome.published(ObjectPointer.to(oversize.bucket(), config.connectorName(), record, message));
    }

    @Override
    public void close() {
        translator.close();
        conversion.close();
    }
}
