package io.jetsink.spi;

import io.nats.client.Options;
import java.util.Map;
import org.apache.kafka.common.Configurable;

@FunctionalInterface
public interface ConnectionCustomizer extends Configurable, AutoCloseable {
    void customize(Options.Builder options);

    @Override
    default void configure(Map<String, ?> configs) {}

    @Override
    default void close() {}
}
