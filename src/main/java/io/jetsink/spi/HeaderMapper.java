package io.jetsink.spi;

import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Says which headers a record's message has ({@code header.mapper}).
 *
 * <p>In addition to what holds for {@linkplain io.jetsink.spi all of them}: the headers that it adds are guarded as
 * {@link MessageHeaders} says, and those that the connector needs for itself are added whatever it does.
 */
@FunctionalInterface
public interface HeaderMapper extends Configurable, AutoCloseable {
    /**
     * Adds the record's headers.
     *
     * @param record as it comes from converters and transforms
     * @param headers takes them; valid during this call only
     */
    void mapHeaders(SinkRecord record, MessageHeaders headers);

    @Override
    default void configure(Map<String, ?> configs) {
        // Nothing to set.
    }

    @Override
    default void close() {
        // Nothing to let go.
    }
}
