package io.jetsink.spi;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Configurable;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Says where a record's message goes ({@code subject.mapper}).
 *
 * <p>In addition to what holds for {@linkplain io.jetsink.spi all of them}:
 *
 * <ol>
 *   <li>What is returned is checked, whoever made it: a record whose subject is not ASCII, has a wildcard or an empty token,
 *       begins with what NATS keeps for itself ({@code $}, {@code _INBOX}), has more than 1024 bytes or 32 tokens, is
 *       rejected.
 *   <li>Records of one partition are asked for in the order of their offsets, but for those that are sent again.
 *   <li>Tombstones come here, too: their value is null.
 *   <li>With {@code target=kv} the answer is the key within the bucket, of letters, digits, {@code - _ = / .} only.
 * </ol>
 */
@FunctionalInterface
public interface SubjectMapper extends Configurable, AutoCloseable {
    /**
     * The subject of the record's message.
     *
     * @param record as it comes from converters and transforms; its original topic, partition and offset are still known
     * @return the subject; never null
     */
    String subjectFor(SinkRecord record);

    /**
     * Filters, as of subscriptions, that together cover every subject that {@link #subjectFor} may ever return. They find
     * the stream where {@code jetstream.stream} names none, and are what a stream takes that the connector creates.
     *
     * @return the filters, at least one; everything, if an implementation does not say
     */
    default List<String> subjects() {
        return List.of(">");
    }

    @Override
    default void configure(Map<String, ?> configs) {
        // Nothing to set.
    }

    @Override
    default void close() {
        // Nothing to let go.
    }
}
