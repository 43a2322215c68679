package io.jetsink.spi;

import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Adds the headers of a record's message ({@code header.mapper}).
 *
 * <p>In addition to the {@linkplain io.jetsink.spi guarantees of all plug-ins}: its headers follow the rules of {@link
 * MessageHeaders}, and the connector adds the headers that it needs itself in any case.
 */
@FunctionalInterface
public interface HeaderMapper extends Plugin {
    /**
     * Adds the record's headers.
     *
     * @param record the record as converters and transforms left it
     * @param headers the headers of the message; valid during this call only
     */
    void mapHeaders(SinkRecord record, MessageHeaders headers);
}
