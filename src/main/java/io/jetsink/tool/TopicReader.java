package io.jetsink.tool;

import io.jetsink.config.SinkConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads the topics of a connector with its own consumer settings. Joins no group and commits nothing. */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);
    /** A broker that does not reply for so long is a problem to report. */
    private static final Duration SILENCE = Duration.ofSeconds(30);
    /** Records are small next to the heap, whatever the consumer of the connector may hold. */
    private static final int FETCH_BYTES = 4 << 20;

    private static final int POLL_RECORDS = 500;

    private final ConnectorConfig connector;
    private final KafkaConsumer<byte[], byte[]> consumer;

    /**
     * @param group whose committed offsets can be read, or null
     * @throws UsageException if the brokers are not known
     */
    TopicReader(ConnectorConfig connector, @Nullable String group) {
        this.connector = connector;
        Map<String, Object> settings = connector.worker().consumer();
        settings.putAll(ConfigTexts.withPrefix(connector.properties(), "consumer.override."));
        if (settings.get(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG) == null) {
            throw new UsageException("the brokers are not known: name one (--bootstrap-server HOST:PORT), or the"
                    + " properties of the worker (--worker FILE)");
        }
        settings.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
        settings.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        if (group == null) {
            settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
        } else {
            settings.putIfAbsent(ConsumerConfig.GROUP_ID_CONFIG, group);
        }
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "jetsink");
        settings.putIfAbsent(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) SILENCE.toMillis());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, FETCH_BYTES);
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, POLL_RECORDS);
        try {
            this.consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        } catch (KafkaException e) {
            throw new ToolException("the consumer cannot be created: correct the worker's properties", e);
        }
    }

    /**
     * Returns the partitions of the connector's topics, in the order of their names and numbers.
     *
     * @param only null: all topics of the connector
     */
    List<TopicPartition> partitions(@Nullable String only) {
        Map<String, List<PartitionInfo>> known = topics();
        Set<String> topics = new TreeSet<>(topics(known.keySet()));
        if (only != null && !topics.contains(only)) {
            throw new UsageException(only + " is not a topic of the connector");
        }
        if (topics.isEmpty()) {
            throw new ToolException("there is no topic that topics.regex matches", null);
        }
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : only == null ? topics : List.of(only)) {
            List<PartitionInfo> infos = known.get(topic);
            if (infos == null) {
                throw new ToolException(
                        "there is no topic " + topic + ", or the user lacks the permission Describe for it", null);
            }
            infos.stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .sorted(Comparator.comparing(TopicPartition::partition))
                    .forEach(partitions::add);
        }
        return partitions;
    }

    private Map<String, List<PartitionInfo>> topics() {
        try {
            return consumer.listTopics();
        } catch (KafkaException e) {
            throw new ToolException(
                    "the topics cannot be listed: correct bootstrap.servers, or the settings consumer.* of the worker",
                    e);
        }
    }

    private Set<String> topics(Set<String> known) {
        String listed = connector.get("topics");
        if (listed != null && !listed.isBlank()) {
            return Set.copyOf(ConfigTexts.list(listed));
        }
        String regex = connector.get("topics.regex");
        if (regex == null || regex.isBlank()) {
            throw new UsageException("the connector has neither topics nor topics.regex");
        }
        try {
            Predicate<String> matches = Pattern.compile(regex).asMatchPredicate();
            Set<String> matched = new TreeSet<>(known);
            matched.removeIf(topic -> topic.equals("__consumer_offsets") || !matches.test(topic));
            return matched;
        } catch (PatternSyntaxException e) {
            throw new UsageException("topics.regex is not a regular expression: " + e.getDescription());
        }
    }

    /** Returns the first offset of each partition. */
    Map<TopicPartition, Long> beginnings(List<TopicPartition> partitions) {
        return consumer.beginningOffsets(partitions);
    }

    /** Returns the end of each partition for the configured isolation level. */
    Map<TopicPartition, Long> ends(List<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    /** Returns the offsets that the connector has committed. Partitions without one are left out. */
    Map<TopicPartition, Long> committed(List<TopicPartition> partitions) {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, OffsetAndMetadata> entry :
                consumer.committed(Set.copyOf(partitions)).entrySet()) {
            if (entry.getValue() != null) {
                offsets.put(entry.getKey(), entry.getValue().offset());
            }
        }
        return offsets;
    }

    /**
     * Reads records of a partition in order.
     *
     * @param from first offset
     * @param to the offset behind the last one
     * @param receiver returns whether to go on
     */
    void read(TopicPartition partition, long from, long to, Predicate<ConsumerRecord<byte[], byte[]>> receiver) {
        consumer.assign(List.of(partition));
        consumer.seek(partition, from);
        long progress = System.nanoTime();
        long position = from;
        while (position < to) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
                if (record.offset() >= to || !receiver.test(record)) {
                    return;
                }
            }
            // It also moves over transaction markers, which are no records.
            long next = consumer.position(partition);
            if (next > position) {
                progress = System.nanoTime();
            } else if (System.nanoTime() - progress > SILENCE.toNanos()) {
                throw new ToolException(
                        "no record of " + partition + " arrived from offset " + position + " for " + SILENCE.toSeconds()
                                + " s: is its leader available?",
                        null);
            }
            position = next;
        }
    }

    @Override
    public void close() {
        consumer.close();
    }

    /** Returns the name of the group of a sink connector, unless the connector overrides it. */
    static String group(SinkConfig config) {
        return "connect-" + config.connectorName();
    }
}
