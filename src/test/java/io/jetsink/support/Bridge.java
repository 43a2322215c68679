package io.jetsink.support;

import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.kafka.ConnectRest;
import io.jetsink.support.kafka.ConnectWorker;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.nats.NatsTarget;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamReport;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * The whole thing: a Kafka cluster, a nats-server or a cluster of three, and Connect workers with the packaged plugin, all
 * real processes, and what tests do with them. A name stands for a topic, a connector and a stream at once.
 */
public final class Bridge implements AutoCloseable {
    public static final String CONNECTOR_CLASS = "io.jetsink.NatsJetStreamSinkConnector";
    /** What Connect and Kafka say while a connector's consumers are in their group. */
    private static final List<String> STILL_THERE = List.of("haven't stopped completely", "The group is not empty");

    private static final Duration DRAINED = Duration.ofSeconds(90);

    private static @Nullable Bridge shared;

    private final KafkaCluster kafka;
    private final NatsTarget nats;
    private final ConnectCluster connect;
    /** Whether another bridge closes the Kafka cluster. */
    private final boolean guest;

    private Bridge(KafkaCluster kafka, NatsTarget nats, ConnectCluster connect, boolean guest) {
        this.kafka = kafka;
        this.nats = nats;
        this.connect = connect;
        this.guest = guest;
    }

    public static Bridge start(int workers) {
        return start(workers, UnaryOperator.identity());
    }

    public static Bridge start(int workers, UnaryOperator<ConnectCluster.Builder> settings) {
        return start(workers, settings, KafkaCluster.start(), NatsServer.start());
    }

    /**
     * The one of this JVM: a broker, a nats-server and two workers, all alive, without connectors. Its topics and streams
     * stay, so that each test has names of its own. It ends with the JVM.
     */
    public static synchronized Bridge shared() {
        if (shared == null) {
            Bridge started = start(2);
            Runtime.getRuntime().addShutdownHook(new Thread(started::close, "shared-bridge"));
            shared = started;
        } else {
            shared.revive();
        }
        return shared;
    }

    private void revive() {
        NatsServer server = nats();
        if (server.isAlive()) {
            server.sigcont();
        } else {
            server.restart();
        }
        connect.workers().stream().limit(2).filter(worker -> !worker.alive()).forEach(ConnectWorker::restart);
        Awaitility.await("connectors to go").atMost(DRAINED).ignoreExceptions().until(() -> {
            rest().connectors().forEach(rest()::delete);
            return rest().connectors().isEmpty();
        });
    }

    /** The same with so many Kafka brokers. */
    public static Bridge start(int workers, int brokers, UnaryOperator<ConnectCluster.Builder> settings) {
        return start(workers, settings, KafkaCluster.start(brokers), NatsServer.start());
    }

    /** The same with a cluster of three nats-servers. */
    public static Bridge startClustered(int workers, UnaryOperator<ConnectCluster.Builder> settings) {
        return startClustered(workers, NatsCluster.start(), settings);
    }

    /** The same with a cluster that the bridge closes. */
    public static Bridge startClustered(
            int workers, NatsCluster cluster, UnaryOperator<ConnectCluster.Builder> settings) {
        return start(workers, settings, KafkaCluster.start(), cluster);
    }

    private static Bridge start(
            int workers, UnaryOperator<ConnectCluster.Builder> settings, KafkaCluster kafka, NatsTarget nats) {
        ConnectCluster.Builder builder =
                ConnectCluster.builder(kafka.bootstrap()).workers(workers).packagedPlugin();
        return new Bridge(kafka, nats, settings.apply(builder).start(), false);
    }

    /** Starts one worker with a group of its own, which uses the broker of {@link #shared()} and a nats-server of its own. */
    public static Bridge guest(String group, NatsServer nats, UnaryOperator<ConnectCluster.Builder> settings) {
        KafkaCluster kafka = shared().kafka;
        ConnectCluster.Builder builder =
                ConnectCluster.builder(kafka.bootstrap()).group(group).packagedPlugin();
        return new Bridge(kafka, nats, settings.apply(builder).start(), true);
    }

    /** Returns the same brokers and workers with other nats-servers. The caller closes these and nothing else. */
    public Bridge on(NatsTarget other) {
        return new Bridge(kafka, other, connect, false);
    }

    /** Returns the same brokers and nats-servers with other workers. The caller closes these and nothing else. */
    public Bridge on(ConnectCluster other) {
        return new Bridge(kafka, nats, other, false);
    }

    public KafkaCluster kafka() {
        return kafka;
    }

    /** The nats-server, where there is only one. */
    public NatsServer nats() {
        return (NatsServer) nats;
    }

    /** The nats-servers of {@link #startClustered}. */
    public NatsCluster cluster() {
        return (NatsCluster) nats;
    }

    public ConnectCluster connect() {
        return connect;
    }

    public ConnectRest rest() {
        return connect.rest();
    }

    /** A topic and a stream of this name; the stream takes {@code <name>} and all subjects below it. */
    public void createTopicAndStream(String name, int partitions) throws Exception {
        kafka.createTopic(name, partitions);
        createStream(name);
    }

    public void createStream(String name) {
        createStream(name, UnaryOperator.identity());
    }

    /** The same with more settings: flags, replicas, subjects of its own. */
    public void createStream(String name, UnaryOperator<StreamConfiguration.Builder> more) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(name)
                .subjects(name, name + ".>")
                .storageType(StorageType.File);
        nats.ask(streams -> streams.addStream(more.apply(stream).build()));
    }

    /** A topic of this name and a stream for exactly-once: with the subjects of the markers and the flags it takes. */
    public void createTopicAndOnceStream(String name, int partitions) throws Exception {
        createTopicAndOnceStream(name, partitions, UnaryOperator.identity());
    }

    public void createTopicAndOnceStream(String name, int partitions, UnaryOperator<StreamConfiguration.Builder> more)
            throws Exception {
        kafka.createTopic(name, partitions);
        createStream(
                name,
                stream -> more.apply(stream.subjects(name + ".>", "jetsink.offsets." + name + ".>")
                        .allowAtomicPublish()
                        .allowRollup(true)));
    }

    /** A configuration that works, to which a test adds what it is about. */
    public Map<String, String> config(String name, int tasks) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", CONNECTOR_CLASS);
        config.put("topics", name);
        config.put("tasks.max", Integer.toString(tasks));
        config.put("key.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        config.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        config.put("header.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        config.put("nats.servers", nats.addresses());
        config.put("jetstream.stream", name);
        config.put("subject", name + ".${partition}");
        return config;
    }

    /** Creates the connector and waits until it runs. */
    public void run(String name, int tasks, Map<String, String> more) {
        Map<String, String> config = config(name, tasks);
        config.putAll(more);
        rest().create(name, config);
        rest().awaitRunning(name, tasks);
    }

    public LoadProducer.Builder load(String topic, int partitions) {
        return LoadProducer.to(kafka.bootstrap(), topic).partitions(partitions);
    }

    public Map<TopicPartition, Long> committed(String connector) {
        return kafka.committed("connect-" + connector);
    }

    /** Waits until the consumers of a connector that is stopped have left their group: its offsets are final then. */
    public void awaitLeft(String connector) {
        Awaitility.await("the consumers of " + connector + " to leave")
                .atMost(DRAINED)
                .pollDelay(Duration.ZERO)
                .until(() -> kafka.members("connect-" + connector).isEmpty());
    }

    /** Does it as soon as the consumers are gone, which may be a moment after the tasks are. */
    public void onceStopped(ThrowingRunnable action) {
        Awaitility.await("the consumers to leave")
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsMatching(e -> STILL_THERE.stream()
                        .anyMatch(text -> String.valueOf(e.getMessage()).contains(text)))
                .untilAsserted(action);
    }

    /** Deletes the group of a connector that is stopped or deleted, and all that it has committed. */
    public void forgetGroup(String connector) {
        onceStopped(() -> kafka.admin()
                .deleteConsumerGroups(List.of("connect-" + connector))
                .all()
                .get());
    }

    /** Waits until all that the topic holds is committed. */
    public void awaitDrained(String name) {
        awaitDrained(name, DRAINED);
    }

    public void awaitDrained(String name, Duration patience) {
        kafka.awaitDrained(rest(), name, List.of(name), patience);
    }

    /** How many messages the stream holds now. */
    public long stored(String stream) {
        return nats.stored(stream);
    }

    /** Waits until the stream holds at least so many messages. */
    public void awaitStored(String stream, long messages) {
        Awaitility.await(messages + " messages in " + stream)
                .atMost(DRAINED)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> stored(stream) >= messages);
    }

    /** Waits until the stream holds so many messages more than now. */
    public void awaitMore(String stream, long messages) {
        awaitStored(stream, awaitAnswer(stream) + messages);
    }

    /** The number of messages, as soon as the stream has a leader that tells it. */
    private long awaitAnswer(String stream) {
        return Awaitility.await("an answer of " + stream)
                .atMost(DRAINED)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions()
                .until(() -> stored(stream), any -> true);
    }

    public StreamTally read(String stream) throws IOException, InterruptedException {
        try (Connection connection = nats.connect()) {
            return StreamChecker.read(connection, stream);
        }
    }

    public StreamReport report(String stream, List<Long> produced) throws IOException, InterruptedException {
        return read(stream).report(produced);
    }

    /** The lines of all workers' logs that contain the text. */
    public List<String> logged(String text) {
        return logs().lines().filter(line -> line.contains(text)).toList();
    }

    /** All workers' logs, for what must or must not be said. */
    public String logs() {
        return connect.workers().stream().map(ConnectWorker::log).collect(Collectors.joining());
    }

    @Override
    public void close() {
        connect.close();
        nats.close();
        if (!guest) {
            kafka.close();
        }
    }
}
