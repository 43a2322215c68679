package io.jetsink.worker;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.EmbeddedWorker;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamPosition;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfoOptions;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Transforms that rename topics, drop records and change partitions, in a real worker: what is committed is in the
 * coordinates that records were read from, and everything is stored once and in order.
 */
class TransformsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 2;
    /** Of each partition, in each of two halves; those that are to be dropped come on top. */
    private static final int RECORDS = 2_000;

    private static final String RENAME = "rename";
    private static final String DROP = "drop";
    private static final String REPARTITION = "repartition";
    /** The header of what is to be dropped. */
    private static final String MARK = "to-be-dropped";

    private static final String PREFIX = "moved.";
    /** Partitions become this less themselves. */
    private static final int TURNED = 90;

    private static final Map<String, Map<String, String>> TRANSFORMS = Map.of(
            RENAME,
            Map.of(
                    "type", "org.apache.kafka.connect.transforms.RegexRouter",
                    "regex", "(.*)",
                    "replacement", PREFIX + "$1"),
            DROP,
            Map.of("type", "org.apache.kafka.connect.transforms.Filter", "predicate", "marked"),
            REPARTITION,
            Map.of("type", OtherPartition.class.getName()));

    private static final List<List<String>> CHAINS =
            List.of(List.of(RENAME), List.of(DROP), List.of(REPARTITION), List.of(RENAME, DROP, REPARTITION));

    private static KafkaCluster kafka;
    private static EmbeddedWorker connect;
    private static NatsServer nats;
    private static Connection direct;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaCluster.start();
        nats = NatsServer.start();
        connect = EmbeddedWorker.start(kafka.bootstrap());
        direct = nats.connect();
    }

    @AfterAll
    static void stop() throws Exception {
        direct.close();
        connect.close();
        nats.close();
        kafka.close();
    }

    /** All connectors at once, which is quicker than one after the other. */
    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void offsetsAndOrderAreThoseOfTheTopicThatWasRead(String guarantee) throws Exception {
        for (List<String> transforms : CHAINS) {
            String name = name(transforms, guarantee);
            kafka.createTopic(name, PARTITIONS);
            createStream(name);
            produce(name, 0, transforms.contains(DROP));
            connect.rest().create(name, config(name, transforms, guarantee));
        }
        // Where it goes on after a stop is what the offsets are for.
        for (List<String> transforms : CHAINS) {
            String name = name(transforms, guarantee);
            awaitDrained(name);
            connect.rest().stop(name);
            produce(name, RECORDS, transforms.contains(DROP));
            connect.rest().resume(name);
        }
        for (List<String> transforms : CHAINS) {
            String name = name(transforms, guarantee);
            awaitDrained(name);
            assertStored(name, transforms, guarantee);
            connect.rest().delete(name);
        }
    }

    @Test
    void whatTheServerHasNotStoredIsNotCommitted() throws Exception {
        List<String> transforms = List.of(RENAME, DROP, REPARTITION);
        String name = "stalled";
        kafka.createTopic(name, PARTITIONS);
        createStream(name);
        produce(name, 0, true);
        connect.rest().create(name, config(name, transforms, "at-least-once"));
        awaitDrained(name);
        double read = read(name);

        nats.sigstop();
        try {
            produce(name, RECORDS, true);
            Awaitility.await("the task to have some of them").atMost(PATIENCE).until(() -> read(name) > read);
            connect.rest().stop(name);
        } finally {
            nats.sigcont();
        }
        connect.rest().resume(name);
        awaitDrained(name);

        StreamChecker.read(direct, name, message -> position(message, new HashSet<>()))
                .report(Collections.nCopies(PARTITIONS, 2L * RECORDS))
                .assertOrderedAtLeastOnce();
    }

    /** How many records the worker has read from Kafka for the task that runs. */
    private static double read(String connector) throws JMException {
        ObjectName metrics = new ObjectName("kafka.connect:type=sink-task-metrics,connector=" + connector + ",task=0");
        return (Double) ManagementFactory.getPlatformMBeanServer().getAttribute(metrics, "sink-record-read-total");
    }

    private static void assertStored(String name, List<String> transforms, String guarantee) throws Exception {
        Set<String> subjects = new HashSet<>();
        StreamTally tally = StreamChecker.read(direct, name, message -> position(message, subjects));

        tally.assertClean(Collections.nCopies(PARTITIONS, 2L * RECORDS));
        assertThat(subjects).as(name).isEqualTo(expectedSubjects(name, transforms));
        if (guarantee.equals("exactly-once")) {
            assertThat(markers(name))
                    .isEqualTo(Set.of(
                            "jetsink.offsets." + name + "." + name + ".0",
                            "jetsink.offsets." + name + "." + name + ".1"));
        }
    }

    private static String name(List<String> transforms, String guarantee) {
        return String.join("-", transforms) + "-" + guarantee;
    }

    private static Map<String, String> config(String name, List<String> transforms, String guarantee) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", Bridge.CONNECTOR_CLASS);
        config.put("topics", name);
        config.put("tasks.max", "1");
        config.put("nats.servers", nats.url());
        config.put("jetstream.stream", name);
        config.put("subject", "${topic}.${partition}");
        config.put("delivery.guarantee", guarantee);
        config.put("transforms", String.join(",", transforms));
        for (String transform : transforms) {
            TRANSFORMS.get(transform).forEach((key, value) -> config.put("transforms." + transform + "." + key, value));
        }
        config.put("predicates", "marked");
        config.put("predicates.marked.type", "org.apache.kafka.connect.transforms.predicates.HasHeaderKey");
        config.put("predicates.marked.name", MARK);
        return config;
    }

    private static void createStream(String name) throws Exception {
        direct.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(name)
                        .subjects(name + ".>", PREFIX + name + ".>", "jetsink.offsets." + name + ".>")
                        .allowBatched()
                        .allowAtomicPublish()
                        .allowRollup(true)
                        .build());
    }

    /** @param marked whether records that are to be dropped are among them: one behind every third, and the last */
    private static void produce(String topic, int from, boolean marked) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = from; i < from + RECORDS; i++) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                records.add(record(topic, partition, partition + ":" + i));
                if (marked && (i % 3 == 0 || i == from + RECORDS - 1)) {
                    ProducerRecord<byte[], byte[]> record = record(topic, partition, "to be dropped");
                    record.headers().add(MARK, new byte[0]);
                    records.add(record);
                }
            }
        }
        kafka.produce(records);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, int partition, String value) {
        return new ProducerRecord<>(topic, partition, null, value.getBytes(US_ASCII));
    }

    /** Of what the topic holds itself, and of nothing else. */
    private static void awaitDrained(String name) {
        kafka.awaitDrained(connect.rest(), name, List.of(name), PATIENCE);
    }

    /** Null for what nobody produced, and for what was to be dropped. */
    private static @Nullable StreamPosition position(Message message, Set<String> subjects) {
        subjects.add(message.getSubject());
        String[] parts = new String(message.getData(), US_ASCII).split(":");
        return parts.length == 2 ? new StreamPosition(Integer.parseInt(parts[0]), Long.parseLong(parts[1])) : null;
    }

    private static Set<String> expectedSubjects(String name, List<String> transforms) {
        String topic = transforms.contains(RENAME) ? PREFIX + name : name;
        return IntStream.range(0, PARTITIONS)
                .mapToObj(
                        partition -> topic + "." + (transforms.contains(REPARTITION) ? TURNED - partition : partition))
                .collect(Collectors.toSet());
    }

    private static Set<String> markers(String stream) throws Exception {
        return direct.jetStreamManagement()
                .getStreamInfo(stream, StreamInfoOptions.filterSubjects("jetsink.offsets.>"))
                .getStreamState()
                .getSubjectMap()
                .keySet();
    }

    /** Each record into another partition, which its topic does not even have. */
    public static final class OtherPartition implements Transformation<SinkRecord> {
        @Override
        public SinkRecord apply(SinkRecord record) {
            return record.newRecord(
                    record.topic(),
                    TURNED - record.kafkaPartition(),
                    record.keySchema(),
                    record.key(),
                    record.valueSchema(),
                    record.value(),
                    record.timestamp());
        }

        @Override
        public ConfigDef config() {
            return new ConfigDef();
        }

        @Override
        public void configure(Map<String, ?> configs) {
            // Nothing to set.
        }

        @Override
        public void close() {
            // Nothing to let go.
        }
    }
}
