package io.jetsink.support;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TopicExistsException;
import org.awaitility.Awaitility;

/** A real Kafka broker, KRaft and one node, as a process of its own on loopback ports that stay the same over restarts. */
public final class KafkaBroker implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration ADMIN_TIMEOUT = Duration.ofSeconds(30);

    private final Path folder;
    private final NatsPort port = NatsPort.reserve();
    private final NatsPort controllerPort = NatsPort.reserve();
    private final String bootstrap;
    private final List<String> command;
    private final Admin admin;
    private ProcessUnderTest process;

    private KafkaBroker(Path folder, Map<String, String> overrides) {
        this.folder = folder;
        this.bootstrap = "127.0.0.1:" + port.number();
        Path properties = ProcessFiles.writeProperties(folder.resolve("server.properties"), properties(overrides));
        format(properties);
        this.command = ProcessJava.command(
                folder,
                "512m",
                true,
                List.of(),
                ProcessClassPath.ofKafka(),
                List.of("kafka.Kafka", properties.toString()));
        this.process = ProcessUnderTest.start("kafka", folder.resolve("kafka.log"), command);
        this.admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrap,
                "reconnect.backoff.ms", "50",
                "reconnect.backoff.max.ms", "200"));
    }

    public static KafkaBroker start() {
        return start(Map.of());
    }

    /** @param overrides broker properties that win over ours */
    public static KafkaBroker start(Map<String, String> overrides) {
        KafkaBroker broker = new KafkaBroker(ProcessFiles.newFolder("kafka"), overrides);
        try {
            broker.awaitAnswer();
            return broker;
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    public String bootstrap() {
        return bootstrap;
    }

    /** An admin client that lives as long as the broker does. */
    public Admin admin() {
        return admin;
    }

    public void createTopic(String name, int partitions) {
        createTopic(name, partitions, Map.of());
    }

    public void createTopic(String name, int partitions, Map<String, String> configs) {
        await(admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
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

    public void kill9() {
        process.kill9();
    }

    public void sigstop() {
        process.sigstop();
    }

    public void sigcont() {
        process.sigcont();
    }

    /** Starts the broker again on its port and its data, after killing it if it still runs. */
    public void restart() {
        process.close();
        process = ProcessUnderTest.start("kafka", folder.resolve("kafka.log"), command);
        awaitAnswer();
    }

    public boolean alive() {
        return process.alive();
    }

    public String log() {
        return process.log();
    }

    @Override
    public void close() {
        process.close();
        admin.close(Duration.ZERO);
        ProcessFiles.release(port, controllerPort);
        ProcessFiles.delete(folder);
    }

    private void awaitAnswer() {
        process.awaitReady(
                START_TIMEOUT,
                () -> !admin.describeCluster().nodes().get(1, TimeUnit.SECONDS).isEmpty());
    }

    private Map<String, String> properties(Map<String, String> overrides) {
        String listener = "PLAINTEXT://" + bootstrap;
        String controller = "127.0.0.1:" + controllerPort.number();
        Map<String, String> properties = new HashMap<>();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@" + controller);
        properties.put("listeners", listener + ",CONTROLLER://" + controller);
        properties.put("advertised.listeners", listener);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("log.dirs", folder.resolve("data").toString());
        // After a kill, the controller keeps the broker's id for the dead one until that one's session ends.
        properties.put("broker.session.timeout.ms", "5000");
        properties.put("broker.heartbeat.interval.ms", "500");
        properties.put("auto.create.topics.enable", "false");
        // Records of tests may be of any time.
        properties.put("log.retention.ms", "-1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.putAll(overrides);
        return properties;
    }

    private static void format(Path properties) {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        String[] arguments = {
            "format",
            "--config",
            properties.toString(),
            "--cluster-id",
            Uuid.randomUuid().toString()
        };
        int code = StorageTool.execute(arguments, new PrintStream(output, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new IllegalStateException("Formatting the broker's storage failed with code " + code + ": "
                    + output.toString(StandardCharsets.UTF_8));
        }
    }

    private <T> T await(KafkaFuture<T> future) {
        try {
            return future.get(ADMIN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("The Kafka broker did not do what was asked" + process.logTail(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the Kafka broker", e);
        }
    }

    private static <V> Map<TopicPartition, Long> mapValues(Map<TopicPartition, V> map, Function<V, Long> value) {
        return map.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> value.apply(entry.getValue())));
    }
}
