package io.jetsink.spi;

import java.util.Map;
import org.apache.kafka.common.Configurable;

/** Methods that each plug-in may implement: its settings and its end. */
public interface Plugin extends Configurable, AutoCloseable {
    @Override
    default void configure(Map<String, ?> configs) {}

    @Override
    default void close() {}
}
