package io.jetsink.spi;

import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.connect.sink.SinkRecord;

@FunctionalInterface
public interface PayloadEncoder extends Configurable, AutoCloseable {
    byte[] encode(SinkRecord record, MessageHeaders headers);

    @Override
    default void configure(Map<String, ?> configs) {}

    @Override
    default void close() {}
}
