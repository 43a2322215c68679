package io.jetsink.translate;

import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.translate.text.HeaderEncoding;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Returns ids of the form {@code prefix:topic:partition:offset}, with the coordinates in Kafka before transforms. Topic names
 * have no colons, so ids with the same prefix are unique.
 *
 * <p>Used by one thread.
 */
final class CoordinatesMessageId implements MessageIdStrategy {
    private final String prefix;
    private final StringBuilder id = new StringBuilder();

    /** Topic and partition of the previous record. Their part of the id is kept, because records of a partition are batched. */
    private String topic = "";

    private int partition = -1;
    private int stem;

    CoordinatesMessageId(String prefix) {
        this.prefix = HeaderEncoding.word(prefix);
    }

    @Override
    public String messageIdFor(SinkRecord record) {
        if (record.originalKafkaPartition() != partition || !topic.equals(record.originalTopic())) {
            begin(record.originalTopic(), record.originalKafkaPartition());
        }
        id.setLength(stem);
        return id.append(record.originalKafkaOffset()).toString();
    }

    private void begin(String nextTopic, int nextPartition) {
        topic = nextTopic;
        partition = nextPartition;
        id.setLength(0);
        id.append(prefix)
                .append(':')
                .append(HeaderEncoding.word(nextTopic))
                .append(':')
                .append(nextPartition)
                .append(':');
        stem = id.length();
    }
}
