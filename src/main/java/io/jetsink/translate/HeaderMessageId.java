package io.jetsink.translate;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.LogSafeText;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.translate.text.HeaderEncoding;
import io.jetsink.translate.text.TypeName;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Returns the last header of a name as the id, encoded so that different values have different ids (ADR 0028). A record
 * without the header, or with an empty one, has no id.
 *
 * <p>The value must be text or bytes. A header converter that parses values returns the same number for {@code 7},
 * {@code 007} and {@code 7e0}. JetStream would drop records with equal ids as duplicates.
 */
record HeaderMessageId(String name) implements MessageIdStrategy {
    /** @throws RejectedRecordException if the header is neither text nor bytes */
    @Override
    public @Nullable String messageIdFor(SinkRecord record) {
        @Nullable Header last = record.headers().lastWithName(name);
        @Nullable Object value = last == null ? null : last.value();
        if (value == null) {
            return null;
        }
        if (value instanceof String text) {
            return HeaderEncoding.word(text);
        }
        byte[] bytes = ValueText.bytes(value);
        if (bytes == null) {
            throw new RejectedRecordException(
                    ErrorCode.ID_OR_TTL,
                    "The header " + LogSafeText.of(name) + " (message.id) is a "
                            + TypeName.of(value)
                            + " and neither text nor bytes, so different ids could become equal: set header.converter to"
                            + " org.apache.kafka.connect.storage.StringConverter or"
                            + " org.apache.kafka.connect.converters.ByteArrayConverter.");
        }
        return HeaderEncoding.word(bytes);
    }
}
