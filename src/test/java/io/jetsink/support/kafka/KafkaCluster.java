package io.jetsink.support.kafka;

import io.jetsink.support.nats.NatsPort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka cluster, KRaft, of one broker or three, each a process of its own on loopback ports that stay the same over
 * restarts. What topics do not say of their replicas is: on all brokers, and all but one of three have to be there to write.
 */
public final class KafkaCluster implements AutoCloseable {
    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

    private final List<KafkaBroker> brokers = new ArrayList<>();
    private final String bootstrap;
    private final Admin admin;

    private KafkaCluster(int count) {
        List<NatsPort> controllers =
                IntStream.range(0, count).mapToObj(i -> NatsPort.reserve()).toList();
        String id = Uuid.randomUuid().toString();
        for (int i = 0; i < count; i++) {
            brokers.add(new KafkaBroker(i, id, controllers));
        }
        this.bootstrap = brokers.stream().map(KafkaBroker::address).collect(Collectors.joining(","));
        this.admin = admin(bootstrap);
    }

    /** One broker. */
    public static KafkaCluster start() {
        return start(1);
    }

    public static KafkaCluster start(int brokers) {
        KafkaCluster cluster = new KafkaCluster(brokers);
        try {
            cluster.restart();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    static Admin admin(String bootstrap) {
        return Admin.create(Map.of(
                "bootstrap.servers", bootstrap,
                "reconnect.backoff.ms", "50",
                "reconnect.backoff.max.ms", "200"));
    }

    public String bootstrap() {
        return bootstrap;
    }

    /** An admin client that lives as long as the cluster does. */
    public Admin admin() {
        return admin;
    }

    public void createTopic(String name, int partitions) {
        createTopic(name, partitions, Map.of());
    }

    public void createTopic(String name, int partitions, Map<String, String> configs) {
        await(admin.createTopics(
                        List.of(new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(configs)))
                .all());
    }

    /** Deletes a topic and creates another one of its name, which begins at offset 0. */
    public void createTopicAgain(String name, int partitions) {
        await(admin.deleteTopics(List.of(name)).all());
        Awaitility.await("the name " + name + " to be free")
                .atMost(ADMIN_TIMEOUT)
                .pollDelay(Duration.ZERO)
                .ignoreExceptionsMatching(e -> e.getCause() instanceof TopicExistsException)
                .untilAsserted(() -> createTopic(name, partitions));
    }

    /** The offset after the last record of each partition. */
    public Map<TopicPartition, Long> endOffsets(String topic) {
        int partitions = await(admin.describeTopics(List.of(topic)).allTopicNames())
                .get(topic)
                .partitions()
                .size();
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            latest.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return mapValues(await(admin.listOffsets(latest).all()), offset -> offset.offset());
    }

    /** What a consumer group has committed; a sink connector's group is {@code connect-<name>}. */
    public Map<TopicPartition, Long> committed(String group) {
        return mapValues(
                await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()),
                OffsetAndMetadata::offset);
    }

    /** Waits until a sink connector has committed all that the topics hold; a task that fails ends the wait. */
    public void awaitDrained(ConnectRest rest, String connector, Collection<String> topics, Duration patience) {
        Map<TopicPartition, Long> ends = new HashMap<>();
        topics.forEach(topic -> ends.putAll(endOffsets(topic)));
        Awaitility.await("committed offsets of " + connector + " to reach " + ends)
                .atMost(patience)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .failFast("a task failed", () -> rest.status(connector).failed())
                .until(() -> committed("connect-" + connector).equals(ends));
    }

    /** Who is in a consumer group, and what each has. */
    public Collection<MemberDescription> members(String group) {
        return await(admin.describeConsumerGroups(List.of(group))
                        .describedGroups()
                        .get(group))
                .members();
    }

    /**
     * A producer of records of up to 16 MB, which are compressed: the broker's limit is for what is sent. One request at a
     * time: with several, a first one that finds no leader yet on a new topic leaves the others out of sequence forever.
     */
    public KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrap,
                        "max.in.flight.requests.per.connection",
                        "1",
                        "max.request.size",
                        Integer.toString(16 << 20),
                        "compression.type",
                        "gzip"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Writes these records in their order and waits until Kafka has them. */
    public void produce(List<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            List<Future<RecordMetadata>> sent =
                    records.stream().map(producer::send).toList();
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("Kafka did not take the records", e);
        }
    }

    /** Writes a record into partition 0. */
    public void produce(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        produce(List.of(new ProducerRecord<>(topic, 0, key, value)));
    }

    /** The broker that leads a partition now; waits until there is one. */
    public int leader(TopicPartition partition) {
        return Awaitility.await("a leader of " + partition)
                .atMost(ADMIN_TIMEOUT)
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(
                        () -> await(admin.describeTopics(List.of(partition.topic()))
                                        .allTopicNames())
                                .get(partition.topic())
                                .partitions()
                                .get(partition.partition())
                                .leader()
                                .id(),
                        leader -> leader >= 0);
    }

    /** Kills the only broker. */
    public void kill9() {
        if (brokers.size() > 1) {
            throw new IllegalStateException("There are " + brokers.size() + " brokers: which?");
        }
        kill9(0);
    }

    /** @param broker from 0 on, its id in the cluster too */
    public void kill9(int broker) {
        brokers.get(broker).kill9();
    }

    /** Starts all brokers that do not run, on their ports and their data, and waits until they are in the cluster. */
    public void restart() {
        brokers.stream().filter(broker -> !broker.alive()).forEach(KafkaBroker::start);
        brokers.forEach(KafkaBroker::awaitAnswer);
        Awaitility.await("all brokers to be in the cluster")
                .atMost(KafkaBroker.START_TIMEOUT)
                .pollDelay(Duration.ZERO)
                .ignoreExceptions()
                .until(() -> await(admin.describeCluster().nodes()).size() == brokers.size());
    }

    @Override
    public void close() {
        brokers.forEach(KafkaBroker::close);
        admin.close(Duration.ZERO);
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "Kafka did not do what was asked"
                            + brokers.stream().map(KafkaBroker::logTail).collect(Collectors.joining()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for Kafka", e);
        }
    }

    private static <V> Map<TopicPartition, Long> mapValues(Map<TopicPartition, V> map, Function<V, Long> value) {
        return map.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> value.apply(entry.getValue())));
    }
}
