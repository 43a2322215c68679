package io.jetsink.translate;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.spi.PayloadEncoder;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;

/** Classes of users whose exceptions are a record's, never the task's. For subjects there is {@link GuardedSubjectMapper}. */
final class PluginGuard {
    private PluginGuard() {}

    static HeaderMapper headers(String key, HeaderMapper own) {
        return (record, headers) -> {
            try {
                own.mapHeaders(record, headers);
            } catch (RuntimeException e) {
                throw verdict(key, own, e);
            }
        };
    }

    static PayloadEncoder payload(String key, PayloadEncoder own) {
        return (record, headers) -> {
            try {
                byte[] payload = own.encode(record, headers);
                if (payload == null) {
                    throw new DataException("no payload was made");
                }
                return payload;
            } catch (RuntimeException e) {
                throw verdict(key, own, e);
            }
        };
    }

    static MessageIdStrategy ids(String key, MessageIdStrategy own) {
        return record -> {
            try {
                return own.messageIdFor(record);
            } catch (RuntimeException e) {
                throw verdict(key, own, e);
            }
        };
    }

    /** What an exception of a class of the user's means: a record to be brought again, or one that is rejected. */
    static RuntimeException verdict(String key, Object own, RuntimeException thrown) {
        if (thrown instanceof RetriableException || thrown instanceof RejectedRecordException) {
            return thrown;
        }
        RedactedFailure shown = RedactedFailure.of(thrown);
        return thrown instanceof DataException
                ? new RejectedRecordException(key + ": " + shown.getMessage(), shown)
                : new RejectedRecordException(
                        key + ": " + own.getClass().getName() + " threw "
                                + thrown.getClass().getName(),
                        shown);
    }
}
