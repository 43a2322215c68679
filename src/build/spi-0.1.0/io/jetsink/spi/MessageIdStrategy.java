package io.jetsink.spi;

import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

@FunctionalInterface
public interface MessageIdStrategy extends Configurable, AutoCloseable {
    @Nullable
    String messageIdFor(SinkRecord record);

    @Override
    default void configure(Map<String, ?> configs) {}

    @Override
    default void close() {}
}
