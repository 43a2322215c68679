package io.jetsink.spi;

import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Turns a record's value into the bytes of a message ({@code payload.encoder}).
 *
 * <p>In addition to what holds for {@linkplain io.jetsink.spi all of them}:
 *
 * <ol>
 *   <li>The value is never null: what becomes of tombstones is said by {@code tombstones}.
 *   <li>What is returned is not copied: nobody may write into it any more. It may be the record's own array.
 *   <li>It is called behind the {@link HeaderMapper}, so that what describes the payload wins.
 * </ol>
 */
@FunctionalInterface
public interface PayloadEncoder extends Configurable, AutoCloseable {
    /**
     * Encodes the value of a record.
     *
     * @param record as it comes from converters and transforms; its value is not null
     * @param headers takes headers that describe the payload; valid during this call only
     * @return the payload, empty for none; never null
     */
    byte[] encode(SinkRecord record, MessageHeaders headers);

    @Override
    default void configure(Map<String, ?> configs) {
        // Nothing to set.
    }

    @Override
    default void close() {
        // Nothing to let go.
    }
}
