package io.jetsink.translate;

import io.jetsink.config.MessageSettings;
import io.jetsink.spi.MessageIdStrategy;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * The last header of a name. A record without one, or with an empty one, has no id.
 *
 * <p>Threads: used by one thread.
 */
final class HeaderMessageId implements MessageIdStrategy {
    private final String name;
    private final CanonicalText text = new CanonicalText("The header of the message id", MessageSettings.ID_CONFIG);

    HeaderMessageId(String name) {
        this.name = name;
    }

    @Override
    public @Nullable String messageIdFor(SinkRecord record) {
        @Nullable Header last = record.headers().lastWithName(name);
        return last == null ? null : text.of(last.schema(), last.value());
    }
}
