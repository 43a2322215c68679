package io.jetsink.support;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;

/**
 * The whole thing: a Kafka broker, a nats-server and Connect workers with the packaged plugin, all real processes, and what
 * tests do with them. A name stands for a topic, a connector and a stream at once.
 */
public final class Bridge implements AutoCloseable {
    public static final String CONNECTOR_CLASS = "io.jetsink.NatsJetStreamSinkConnector";
    private static final Duration DRAINED = Duration.ofSeconds(90);

    private final KafkaBroker kafka;
    private final NatsServer nats;
    private final ConnectCluster connect;

    private Bridge(KafkaBroker kafka, NatsServer nats, ConnectCluster connect) {
        this.kafka = kafka;
        this.nats = nats;
        this.connect = connect;
    }

    public static Bridge start(int workers) {
        return start(workers, UnaryOperator.identity());
    }

    public static Bridge start(int workers, UnaryOperator<ConnectCluster.Builder> settings) {
        KafkaBroker kafka = KafkaBroker.start();
        NatsServer nats = NatsServer.start();
        ConnectCluster.Builder builder =
                ConnectCluster.builder(kafka.bootstrap()).workers(workers).packagedPlugin();
        return new Bridge(kafka, nats, settings.apply(builder).start());
    }

    public KafkaBroker kafka() {
        return kafka;
    }

    public NatsServer nats() {
        return nats;
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

    public void createStream(String name) throws IOException, InterruptedException, JetStreamApiException {
        createStream(name, UnaryOperator.identity());
    }

    /** The same with more settings: flags, replicas, subjects of its own. */
    public void createStream(String name, UnaryOperator<StreamConfiguration.Builder> more)
            throws IOException, InterruptedException, JetStreamApiException {
        try (Connection connection = nats.connect()) {
            StreamConfiguration.Builder stream = StreamConfiguration.builder()
                    .name(name)
                    .subjects(name, name + ".>")
                    .storageType(StorageType.File);
            connection.jetStreamManagement().addStream(more.apply(stream).build());
        }
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
        config.put("nats.servers", nats.url());
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

    /** Waits until all that the topic holds is committed. */
    public void awaitDrained(String name) {
        awaitDrained(name, DRAINED);
    }

    public void awaitDrained(String name, Duration patience) {
        Map<TopicPartition, Long> ends = kafka.endOffsets(name);
        Awaitility.await("committed offsets of " + name + " to reach " + ends)
                .atMost(patience)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(100))
                .failFast("a task failed", () -> rest().status(name).failed())
                .until(() -> committed(name).equals(ends));
    }

    /** How many messages the stream holds now. */
    public long stored(String stream) throws Exception {
        try (Connection connection = nats.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(stream)
                    .getStreamState()
                    .getMsgCount();
        }
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

    public StreamTally read(String stream) throws IOException, InterruptedException {
        try (Connection connection = nats.connect()) {
            return StreamChecker.read(connection, stream);
        }
    }

    public StreamReport report(String stream, List<Long> produced) throws IOException, InterruptedException {
        return read(stream).report(produced);
    }

    /** All workers' logs, for what must or must not be said. */
    public String logs() {
        StringBuilder logs = new StringBuilder();
        connect.workers().forEach(worker -> logs.append(worker.log()));
        return logs.toString();
    }

    @Override
    public void close() {
        connect.close();
        nats.close();
        kafka.close();
    }
}
