package io.jetsink.translate;

import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.translate.text.HeaderEncoding;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * {@code prefix:topic:partition:offset}, in Kafka's own coordinates whatever transforms made of them. Topics have no colons,
 * so no two places of one prefix have one id.
 *
 * <p>Threads: used by one thread.
 */
final class CoordinatesMessageId implements MessageIdStrategy {
    private final String prefix;
    private final StringBuilder id = new StringBuilder();

    /** The partition whose part of the id is in place: records come in runs of one. */
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
