package io.jetsink.spi;

import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * Returns the id of a record's message for JetStream ({@code message.id}). A message whose id the stream has stored within
 * its duplicate window is acked and <em>not stored</em>.
 *
 * <p>In addition to the {@linkplain io.jetsink.spi guarantees of all plug-ins}:
 *
 * <ol>
 *   <li>Two records that both have to be stored must not have the same id, even if they are from different topics, from a
 *       topic that was created again, or from different Kafka clusters.
 *   <li>Every replica keeps an id in memory for the length of the window, so ids should be short.
 * </ol>
 */
@FunctionalInterface
public interface MessageIdStrategy extends Plugin {
    /**
     * Returns the id of the record's message.
     *
     * @param record the record as converters and transforms left it
     * @return the id, or null for none: the message is then always stored. Blanks, quotes, percent signs and all characters
     *     except printable ASCII are percent-encoded, so that different ids stay different
     */
    @Nullable
    String messageIdFor(SinkRecord record);
}
