package io.jetsink.quickstart;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.kafka.ConnectStatus;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamReport;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import me.tongfei.progressbar.ProgressBar;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run: servers, orders, connector, check. Most orders are in the topic before the connector starts: they show the
 * throughput. The last ones are paced, because the latency of a full topic is only the length of its own queue.
 */
final class QuickstartRun implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path CONNECTOR = Path.of("config", "connectors", "quickstart.json");
    private static final String TOPIC = "orders";
    private static final String STREAM = "ORDERS";
    private static final int PARTITIONS = 4;
    private static final int PACED_PER_SECOND = 1_000;
    private static final int MOST_PACED = 3_000;
    private static final Duration STALL = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(100);
    /** Longer: the worker makes an admin client for each answer. */
    private static final Duration COMMIT_POLL = Duration.ofMillis(500);

    private final QuickstartSettings settings;
    private final QuickstartConsole console;
    private final QuickstartOrders orders;
    private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();
    private volatile @Nullable ConnectCluster connect;

    QuickstartRun(QuickstartSettings settings, QuickstartConsole console) {
        this.settings = settings;
        this.console = console;
        this.orders = new QuickstartOrders(TOPIC, PARTITIONS, settings.records());
    }

    /** Runs everything once and returns whether all is right. */
    boolean run() throws Exception {
        NatsServer nats = console.step("NATS", () -> open(NatsServer.start()), NatsServer::url);
        KafkaCluster kafka = console.step("Kafka", () -> open(KafkaCluster.start()), KafkaCluster::bootstrap);
        ConnectCluster cluster = console.step(
                "Connect",
                () -> startConnect(kafka),
                started -> started.rest().url() + ", plugin.path with "
                        + Path.of(System.getProperty("jetsink.zip", "")).getFileName());
        Connection connection = open(nats.connect());
        console.step("Topic", () -> createTopicAndStream(kafka, connection), detail -> detail);
        QuickstartVerdict verdict;
        String connector;
        int paced = Math.min(settings.records() / 10, MOST_PACED);
        int full = settings.records() - paced;
        try (Producer<byte[], byte[]> producer = producer(kafka)) {
            console.step("Orders", () -> fill(producer, full), detail -> detail);
            connector = console.step(
                    "Connector", () -> post(cluster, nats.url()), name -> name + " from " + CONNECTOR + " is running");
            verdict = deliver(kafka, producer, cluster, connection, connector, paced);
        }
        console.line("");
        verdict.print(console);
        if (!verdict.good()) {
            tellWhatFailed(cluster.rest().status(connector));
        } else if (settings.keep()) {
            new QuickstartKept(
                            kafka.bootstrap() + ", topic " + TOPIC,
                            cluster.rest().url() + "/connectors/" + connector + "/status",
                            nats.url() + ", stream " + STREAM,
                            cluster.worker(0).logFile(),
                            configuration(cluster))
                    .print(console);
        }
        return verdict.good();
    }

    /** The end of the worker's log, where an error shows first. */
    String logTail() {
        ConnectCluster started = connect;
        return started == null ? "" : started.worker(0).logTail();
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        for (AutoCloseable next = opened.poll(); next != null; next = opened.poll()) {
            try {
                next.close();
            } catch (Exception e) {
                if (failure == null) {
                    failure = new IllegalStateException("Not everything could be closed", e);
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private ConnectCluster startConnect(KafkaCluster kafka) {
        ConnectCluster started =
                open(ConnectCluster.measured(kafka.bootstrap()).packagedPlugin().start());
        connect = started;
        return started;
    }

    private static String createTopicAndStream(KafkaCluster kafka, Connection connection)
            throws IOException, JetStreamApiException {
        kafka.createTopic(TOPIC, PARTITIONS);
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(STREAM)
                .subjects(TOPIC + ".>")
                .storageType(StorageType.File);
        if (connection.getServerInfo().isSameOrNewerThanVersion("2.14.0")) {
            stream.allowBatched();
        }
        connection.jetStreamManagement().addStream(stream.build());
        return TOPIC + " with " + PARTITIONS + " partitions, stream " + STREAM + " with " + TOPIC + ".>";
    }

    /** Posts the shipped configuration as it is but for the server's address, which is not known beforehand. */
    private String post(ConnectCluster cluster, String natsUrl) throws IOException {
        JsonNode file = JSON.readTree(settings.basedir().resolve(CONNECTOR).toFile());
        Map<String, String> config = new HashMap<>(JSON.convertValue(
                file.has("config") ? file.get("config") : file, new TypeReference<Map<String, String>>() {}));
        String name = file.path("name").asText();
        if (name.isEmpty() || config.replace("nats.servers", natsUrl) == null) {
            throw new IllegalStateException(CONNECTOR + " must have a name and nats.servers");
        }
        JSON.writerWithDefaultPrettyPrinter()
                .writeValue(configuration(cluster).toFile(), Map.of("name", name, "config", new TreeMap<>(config)));
        cluster.rest().create(name, config);
        cluster.rest().awaitRunning(name, Integer.parseInt(config.getOrDefault("tasks.max", "1")));
        return name;
    }

    private String fill(Producer<byte[], byte[]> producer, int count) {
        orders.produce(producer, count, 0);
        return QuickstartConsole.count(count) + " orders in the topic";
    }

    private QuickstartVerdict deliver(
            KafkaCluster kafka,
            Producer<byte[], byte[]> producer,
            ConnectCluster cluster,
            Connection connection,
            String connector,
            int paced)
            throws Exception {
        int full = orders.produced();
        Arrivals arrivals = new Arrivals(connection.jetStreamManagement(), cluster, connector);
        boolean arrived = console.step(
                "Full topic",
                () -> arrivals.await(full),
                all -> QuickstartConsole.count(full) + " orders as fast as they go" + (all ? "" : ", not all stored"));
        if (arrived && paced > 0) {
            console.step(
                    "Paced",
                    () -> send(producer, paced, arrivals),
                    all -> QuickstartConsole.count(paced) + " orders at " + QuickstartConsole.count(PACED_PER_SECOND)
                            + "/s" + (all ? "" : ", not all stored"));
        }
        boolean committed = arrivals.awaitCommitted(kafka);
        return console.step(
                "Check",
                () -> check(connection, full, committed),
                verdict -> QuickstartConsole.count(verdict.report().total()) + " messages read back out of " + STREAM);
    }

    /** Sends so many more orders and watches them arrive meanwhile; returns whether all of them did. */
    private boolean send(Producer<byte[], byte[]> producer, int count, Arrivals arrivals) throws Exception {
        int expected = orders.produced() + count;
        CompletableFuture<Void> sent =
                CompletableFuture.runAsync(() -> orders.produce(producer, count, PACED_PER_SECOND));
        boolean arrived = arrivals.await(expected);
        sent.get();
        return arrived;
    }

    private QuickstartVerdict check(Connection connection, int full, boolean committed) {
        List<Duration> latencies = new ArrayList<>();
        List<Instant> burst = new ArrayList<>(full);
        StreamTally tally = StreamChecker.read(connection, STREAM, message -> {
            QuickstartOrders.Order order = orders.read(message);
            if (order == null) {
                return null;
            }
            Instant stored = message.metaData().timestamp().toInstant();
            if (order.id() >= full) {
                latencies.add(Duration.between(order.created(), stored));
            } else {
                burst.add(stored);
            }
            return order.position();
        });
        StreamReport report = tally.report(orders.perPartition());
        return new QuickstartVerdict(
                settings.records(),
                report,
                committed,
                report.lost() == 0 ? secondHalfPerSecond(burst) : 0,
                latencies,
                PACED_PER_SECOND);
    }

    /** The first half is the time in which the JVM of the worker compiles the connector. */
    private static double secondHalfPerSecond(List<Instant> stored) {
        int half = stored.size() / 2;
        if (half == 0) {
            return 0;
        }
        double seconds = Duration.between(stored.get(half - 1), stored.get(stored.size() - 1))
                        .toNanos()
                / 1e9;
        return seconds > 0 ? (stored.size() - half) / seconds : 0;
    }

    private void tellWhatFailed(ConnectStatus status) {
        console.line("");
        console.line("Connector " + status.state() + " " + status.trace());
        for (ConnectStatus.Task task : status.tasks()) {
            console.line("Task " + task.id() + " " + task.state() + " " + task.trace());
        }
        console.line(logTail());
    }

    /** The configuration with the address of the server, beside the worker's log. */
    private static Path configuration(ConnectCluster cluster) {
        return cluster.worker(0).logFile().resolveSibling(CONNECTOR.getFileName());
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    private static Producer<byte[], byte[]> producer(KafkaCluster kafka) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrap(), "acks", "all", "batch.size", "65536"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Watches the stream fill. */
    private final class Arrivals {
        private final JetStreamManagement management;
        private final ConnectCluster cluster;
        private final String connector;
        private long stored;
        private long lastMove = System.nanoTime();

        Arrivals(JetStreamManagement management, ConnectCluster cluster, String connector) {
            this.management = management;
            this.cluster = cluster;
            this.connector = connector;
        }

        /** Waits until the stream holds so many messages, or until nothing has moved for a while: then false. */
        boolean await(long expected) {
            lastMove = System.nanoTime();
            try (ProgressBar bar = console.progress(expected)) {
                Awaitility.await("orders in the stream")
                        .atMost(settings.deadline())
                        .pollDelay(Duration.ZERO)
                        .pollInterval(POLL)
                        .until(() -> {
                            update();
                            if (bar != null) {
                                bar.stepTo(stored);
                            }
                            return stored >= expected || stalled();
                        });
            }
            return stored >= expected;
        }

        /** Waits until the connector has committed all that the topic holds; a task that failed never will. */
        boolean awaitCommitted(KafkaCluster kafka) {
            try {
                Awaitility.await("committed offsets")
                        .atMost(STALL)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(COMMIT_POLL)
                        .until(() -> cluster.rest().status(connector).failed() || committedAll(kafka));
            } catch (ConditionTimeoutException e) {
                return false;
            }
            return committedAll(kafka);
        }

        private boolean committedAll(KafkaCluster kafka) {
            return kafka.endOffsets(TOPIC).equals(cluster.rest().offsets(connector));
        }

        private void update() throws IOException, JetStreamApiException {
            long now = management.getStreamInfo(STREAM).getStreamState().getMsgCount();
            if (now != stored) {
                stored = now;
                lastMove = System.nanoTime();
            }
        }

        private boolean stalled() {
            return System.nanoTime() - lastMove > STALL.toNanos()
                    || cluster.rest().status(connector).failed();
        }
    }
}
