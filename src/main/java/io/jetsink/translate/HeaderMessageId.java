package io.jetsink.translate;

import io.jetsink.message.LogSafeText;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.translate.text.HeaderEncoding;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * The last header of a name, which is text or bytes, in a form that no other text or bytes have (ADR 0028). A record without
 * one, or with an empty one, has no id.
 *
 * <p>Any other type was guessed from the text by a converter, which makes one value of {@code 7}, {@code 007} and
 * {@code 7e0}, and one float of some hundred times of day: a record whose id another one has would not be stored.
 *
 * <p>Threads: no state.
 */
final class HeaderMessageId implements MessageIdStrategy {
    private final String name;

    HeaderMessageId(String name) {
        this.name = name;
    }

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
            throw new RejectedRecordException("The header " + LogSafeText.of(name) + " (message.id) is a "
                    + value.getClass().getName()
                    + " and neither text nor bytes, so records of other ids may have the same"
                    + " one: set header.converter to org.apache.kafka.connect.storage.StringConverter or"
                    + " org.apache.kafka.connect.converters.ByteArrayConverter.");
        }
        return HeaderEncoding.word(bytes);
    }
}
