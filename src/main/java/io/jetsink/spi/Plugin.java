package io.jetsink.spi;

import java.util.Map;
import org.apache.kafka.common.Configurable;

/** What all plug-ins may implement: their settings and their end. */
public interface Plugin extends Configurable, AutoCloseable {
    @Override
    default void configure(Map<String, ?> configs) {}

    @Override
    default void close() {}
}
