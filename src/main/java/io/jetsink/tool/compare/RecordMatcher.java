package io.jetsink.tool.compare;

import io.jetsink.message.OutboundMessage;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;

/** Finds the record that a message of the stream is a copy of. */
public interface RecordMatcher {
    /** No record has become this message. */
    int FOREIGN = -1;

    /** Remembers a record of the log and the message that it becomes. */
    void add(int index, OutboundMessage message);

    /**
     * Finds the record of a message, in the order of the stream.
     *
     * @return index of the record, or {@link #FOREIGN}. The caller sets the copy of a record that has none.
     */
    int find(String subject, @Nullable Headers headers, byte[] payload);

    /** Returns the partition of a message whose record Kafka no longer has, or null if that cannot be known. */
    default @Nullable PartitionTally expired(@Nullable Headers headers) {
        return null;
    }

    /** Returns the name of the way of comparing. */
    String name();

    /** Returns whether it needs payloads. */
    boolean needsPayloads();
}
