package io.jetsink.spi;

import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Encodes a record's value as the payload of a message ({@code payload.encoder}).
 *
 * <p>In addition to the {@linkplain io.jetsink.spi guarantees of all plug-ins}:
 *
 * <ol>
 *   <li>The value is never null: {@code tombstones} decides about tombstones.
 *   <li>The returned array is not copied and must not be changed afterwards. It may be the record's own array.
 *   <li>It is called after the {@link HeaderMapper}, so that the headers that describe the payload override others.
 * </ol>
 */
@FunctionalInterface
public interface PayloadEncoder extends Plugin {
    /**
     * Encodes the value of a record.
     *
     * @param record the record as converters and transforms left it; its value is not null
     * @param headers the headers of the message, for those that describe the payload; valid during this call only
     * @return the payload, empty for none; never null
     */
    byte[] encode(SinkRecord record, MessageHeaders headers);
}
