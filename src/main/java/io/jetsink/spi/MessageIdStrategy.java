package io.jetsink.spi;

import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Says under which id JetStream knows a record's message ({@code message.id}): a message whose id the stream has stored
 * within its duplicate window is acked and <em>not stored</em>.
 *
 * <p>In addition to what holds for {@linkplain io.jetsink.spi all of them}:
 *
 * <ol>
 *   <li>Two records that both have to be stored must not have one id, not of another topic, after a topic was created
 *       again, nor of another Kafka cluster.
 *   <li>An id is kept in the memory of every replica for as long as the window lasts: it should be short.
 * </ol>
 */
@FunctionalInterface
public interface MessageIdStrategy extends Configurable, AutoCloseable {
    /**
     * The id of the record's message.
     *
     * @param record as it comes from converters and transforms
     * @return the id, or null for none: then the message is always stored. Blanks, quotes, percent
     *     signs and anything but printable ASCII in it are percent-encoded, so that no two ids become one
     */
    @Nullable
    String messageIdFor(SinkRecord record);

    @Override
    default void configure(Map<String, ?> configs) {
        // Nothing to set.
    }

    @Override
    default void close() {
        // Nothing to let go.
    }
}
