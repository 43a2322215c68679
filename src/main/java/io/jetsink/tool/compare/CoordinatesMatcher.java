package io.jetsink.tool.compare;

import io.jetsink.message.OutboundMessage;
import io.jetsink.translate.text.HeaderEncoding;
import io.nats.client.impl.Headers;
import io.nats.client.support.NatsJetStreamConstants;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads the coordinates of a record from the headers of its message, or from its message id. Exact. */
public final class CoordinatesMatcher implements RecordMatcher {
    private final RecordLog log;
    /** Offset behind the last record of each partition. */
    private final Map<TopicPartition, Long> ends;
    /** Beginning of message ids, or null: coordinates are read from the headers. */
    private final @Nullable String prefix;

    private final Map<TopicPartition, PartitionTally> partitions = new HashMap<>();

    private record Position(TopicPartition partition, long offset) {}

    private CoordinatesMatcher(RecordLog log, Map<TopicPartition, Long> ends, @Nullable String prefix) {
        this.log = log;
        this.ends = ends;
        this.prefix = prefix;
    }

    /** A matcher for {@code headers.coordinates=true}. */
    public static CoordinatesMatcher ofHeaders(RecordLog log, Map<TopicPartition, Long> ends) {
        return new CoordinatesMatcher(log, ends, null);
    }

    /**
     * A matcher for {@code message.id=coordinates}.
     *
     * @param prefix {@code message.id.prefix}, or the name of the connector
     */
    public static CoordinatesMatcher ofIds(RecordLog log, Map<TopicPartition, Long> ends, String prefix) {
        return new CoordinatesMatcher(log, ends, HeaderEncoding.word(prefix) + ":");
    }

    @Override
    public void add(int index, OutboundMessage message) {
        // The log has all that is needed.
    }

    @Override
    public int find(String subject, @Nullable Headers headers, byte[] payload) {
        Position position = position(headers);
        if (position == null) {
            return FOREIGN;
        }
        PartitionTally partition = tally(position.partition());
        return partition == null ? FOREIGN : log.find(partition, position.offset());
    }

    @Override
    public @Nullable PartitionTally expired(@Nullable Headers headers) {
        Position position = position(headers);
        return position == null || position.offset() >= ends.getOrDefault(position.partition(), 0L)
                ? null
                : tally(position.partition());
    }

    private @Nullable PartitionTally tally(TopicPartition partition) {
        if (partitions.isEmpty()) {
            log.partitions().forEach(tally -> partitions.put(tally.partition(), tally));
        }
        return partitions.get(partition);
    }

    private @Nullable Position position(@Nullable Headers headers) {
        if (headers == null) {
            return null;
        }
        if (prefix == null) {
            return position(
                    headers.getFirst("Kafka-Topic"),
                    headers.getFirst("Kafka-Partition"),
                    headers.getFirst("Kafka-Offset"));
        }
        String id = headers.getFirst(NatsJetStreamConstants.MSG_ID_HDR);
        if (id == null || !id.startsWith(prefix)) {
            return null;
        }
        int offset = id.lastIndexOf(':');
        int partition = id.lastIndexOf(':', offset - 1);
        return partition < prefix.length()
                ? null
                : position(
                        id.substring(prefix.length(), partition),
                        id.substring(partition + 1, offset),
                        id.substring(offset + 1));
    }

    private static @Nullable Position position(
            @Nullable String topic, @Nullable String partition, @Nullable String offset) {
        if (topic == null || partition == null || offset == null) {
            return null;
        }
        try {
            return new Position(new TopicPartition(topic, Integer.parseInt(partition)), Long.parseLong(offset));
        } catch (NumberFormatException foreign) {
            return null;
        }
    }

    @Override
    public String name() {
        return prefix == null ? "coordinates" : "message ids";
    }

    @Override
    public boolean needsPayloads() {
        return false;
    }
}
