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

    /** Topic and partition of the previous record. Their part of the id is kept, because records of a partition are batched. */
    private String topic = "";

    private int partition = -1;
    private String stem = "";

    CoordinatesMessageId(String prefix) {
        this.prefix = HeaderEncoding.word(prefix);
    }

    @Override
    public String messageIdFor(SinkRecord record) {
        if (record.originalKafkaPartition() != partition || !topic.equals(record.originalTopic())) {
            topic = record.originalTopic();
            partition = record.originalKafkaPartition();
            stem = prefix + ":" + HeaderEncoding.word(topic) + ":" + partition + ":";
        }
        return stem + record.originalKafkaOffset();
    }
}
