package io.jetsink.translate;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.spi.PayloadEncoder;
import io.jetsink.translate.text.HeaderEncoding;
import java.util.function.BiConsumer;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Calls plug-ins and turns their exceptions into rejections of the record, so that they do not fail the task.
 * {@link GuardedSubjectMapper} is the counterpart for subjects.
 */
final class PluginGuard {
    private PluginGuard() {}

    static BiConsumer<SinkRecord, MessageHeaders> headers(String key, HeaderMapper plugin) {
        return (record, headers) -> {
            try {
                plugin.mapHeaders(record, headers);
            } catch (RuntimeException e) {
                throw verdict(key, plugin, e);
            }
        };
    }

    static PayloadEncoder payload(String key, PayloadEncoder plugin) {
        return (record, headers) -> {
            byte[] payload;
            try {
                payload = plugin.encode(record, headers);
            } catch (RuntimeException e) {
                throw verdict(key, plugin, e);
            }
            if (payload == null) {
                throw new RejectedRecordException(
                        ErrorCode.REFUSED_BY_CLASS,
                        key + ": " + plugin.getClass().getName() + " returned no payload: correct this class.");
            }
            return payload;
        };
    }

    static MessageIdStrategy ids(String key, MessageIdStrategy plugin) {
        return record -> {
            try {
                String id = plugin.messageIdFor(record);
                return id == null ? null : HeaderEncoding.word(id);
            } catch (RuntimeException e) {
                throw verdict(key, plugin, e);
            }
        };
    }

    /** Returns the exception for an exception of a plug-in: a RetriableException unchanged, or else a rejection. */
    static RuntimeException verdict(String key, Object plugin, RuntimeException thrown) {
        if (thrown instanceof RetriableException || thrown instanceof RejectedRecordException) {
            return thrown;
        }
        RedactedFailure shown = RedactedFailure.of(thrown);
        return thrown instanceof DataException
                ? new RejectedRecordException(ErrorCode.REFUSED_BY_CLASS, key + ": " + shown.getMessage(), shown)
                : new RejectedRecordException(
                        ErrorCode.REFUSED_BY_CLASS,
                        key + ": " + plugin.getClass().getName() + " threw "
                                + thrown.getClass().getName() + ": correct this class or the record.",
                        shown);
    }
}
