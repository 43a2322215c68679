package io.jetsink.spi;

import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Returns the subject of a record's message ({@code subject.mapper}).
 *
 * <p>In addition to the {@linkplain io.jetsink.spi guarantees of all plug-ins}:
 *
 * <ol>
 *   <li>Every subject is checked. A record is rejected if its subject is not ASCII, has a wildcard or an empty token, begins
 *       with a name that NATS reserves ({@code $}, {@code _INBOX}), or has more than 1024 bytes or 32 tokens.
 *   <li>Records of one partition are mapped in the order of their offsets, except those that are sent again.
 *   <li>Tombstones are mapped, too: their value is null.
 *   <li>With {@code target=kv} the subject is the key within the bucket, of letters, digits, {@code - _ = / .} only.
 * </ol>
 */
@FunctionalInterface
public interface SubjectMapper extends Plugin {
    /**
     * Returns the subject of the record's message.
     *
     * @param record the record as converters and transforms left it; it still has its original topic, partition and offset
     * @return the subject; never null
     */
    String subjectFor(SinkRecord record);

    /**
     * Returns subject filters that together cover every subject that {@link #subjectFor} may return. The connector finds the
     * stream by them if {@code jetstream.stream} is not set, and creates a stream with them.
     *
     * @return the filters, at least one; by default all subjects
     */
    default List<String> subjects() {
        return List.of(">");
    }
}
