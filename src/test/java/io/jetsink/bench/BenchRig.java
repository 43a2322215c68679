package io.jetsink.bench;

import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.kafka.ConnectRest;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsTarget;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.Replica;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A broker, nats-servers and one Connect worker with the packaged plugin, as processes. They stay for all runs, so that the
 * worker's JVM is warm; each run has a connector, and thereby a consumer group, and a stream of its own.
 */
final class BenchRig implements AutoCloseable {
    static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    static final Duration LONGEST_RUN = Duration.ofMinutes(10);
    private static final Duration STILL = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(20);

    /** The last is closed first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private final List<NatsTarget> sites = new ArrayList<>();
    private final List<Connection> connections = new ArrayList<>();
    private final KafkaCluster kafka;
    private final ConnectCluster connect;
    /** Workers with the plugin of {@code -Dbench.before}; the same as {@link #connect} without it. */
    private final ConnectCluster earlier;

    private int runs;

    private BenchRig(BenchOptions options, Duration commits, @Nullable Path before, List<Supplier<NatsTarget>> servers)
            throws Exception {
        try {
            kafka = started(KafkaCluster.start());
            for (Supplier<NatsTarget> each : servers) {
                NatsTarget site = started(each.get());
                sites.add(site);
                connections.add(started(site.connect()));
            }
            connect = started(ConnectCluster.measured(kafka.bootstrap())
                    .packagedPlugin()
                    .property("offset.flush.interval.ms", Long.toString(commits.toMillis()))
                    .plugin(BarePlugin.pack(options.folder()))
                    .start());
            earlier = before == null ? connect : started(earlierWorkers(before));
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** @param servers start one server, or a cluster, each */
    @SafeVarargs
    static BenchRig start(BenchOptions options, Supplier<NatsTarget>... servers) throws Exception {
        return start(options, null, List.of(servers));
    }

    /** With Connect's own interval of commits, in place of one second. */
    static BenchRig startWithDefaultCommits(BenchOptions options, Supplier<NatsTarget> server) throws Exception {
        return new BenchRig(options, Duration.ofMinutes(1), null, List.of(server));
    }

    static BenchRig start(BenchOptions options, @Nullable Path before, List<Supplier<NatsTarget>> servers)
            throws Exception {
        return new BenchRig(options, Duration.ofSeconds(1), before, servers);
    }

    /** A Connect cluster of its own on the same broker. */
    private ConnectCluster earlierWorkers(Path zip) {
        return ConnectCluster.measured(kafka.bootstrap())
                .plugin(zip)
                .group("connect-before")
                .start();
    }

    /** Closes a part with the rig, before the rig's own parts. */
    <T extends AutoCloseable> T started(T part) {
        started.push(part);
        return part;
    }

    Map<String, String> environment(BenchOptions options) {
        return Environment.of(options, connections.get(0).getServerInfo().getVersion());
    }

    KafkaCluster kafka() {
        return kafka;
    }

    ConnectRest rest() {
        return connect.rest();
    }

    long workerPid() {
        return connect.worker(0).pid();
    }

    NatsTarget site(int index) {
        return sites.get(index);
    }

    Connection connection(int site) {
        return connections.get(site);
    }

    /** Creates a topic with the same number of records in each partition. */
    void fill(String topic, int partitions, int records, int valueBytes) {
        fill(topic, partitions, records, valueBytes, load -> load);
    }

    /** Creates such a topic with records that have more than values. */
    void fill(String topic, int partitions, int records, int valueBytes, UnaryOperator<LoadProducer.Builder> settings) {
        kafka.createTopic(topic, partitions);
        LoadProducer.Builder builder =
                LoadProducer.to(kafka.bootstrap(), topic).partitions(partitions).valueBytes(valueBytes);
        try (LoadProducer load = settings.apply(builder).build()) {
            load.produce(records);
        }
    }

    Measurement measure(Run run, int round) throws Exception {
        String name = run.arm.name() + "-run" + runs++;
        Connection connection = connections.get(run.site);
        JetStreamManagement streams = connection.jetStreamManagement();
        createStream(name, run);
        ConnectCluster workers = run.arm.earlier() ? earlier : connect;
        ConnectRest rest = workers.rest();
        rest.create(name, config(name, run));
        Progress progress = new Progress(workers, streams, name);
        long first = 1 + (long) run.arm.messagesBeside() * run.partitions;
        // CPU time counts from the first record on, so that making and starting the task is left out.
        Counted begin = counted(workers, progress.await(first));
        long last = progress.await(run.messages(), run.ramp.plus(run.limit));
        Counted end = counted(workers, last);
        rest.stop(name);
        rest.delete(name);
        StreamTally tally = read(connection, name);
        List<StreamEntry> counted = RunVerdict.counted(run, tally, end.stored >= run.messages());
        streams.deleteStream(name);
        CpuTime used = end.cpu.minus(begin.cpu);
        double moved = run.arm.storesOnlyEnds() ? run.records : Math.max(1, end.stored - begin.stored);
        Duration time = Duration.between(
                counted.get(0).storedAt(), counted.get(counted.size() - 1).storedAt());
        return new Measurement(
                run.arm.name(),
                round,
                run.arm.storesOnlyEnds() ? run.records : counted.size(),
                time.toNanos() / 1e9,
                used.worker() / moved,
                used.all() / moved,
                used.otherCores(),
                used.ownCores());
    }

    @Override
    public void close() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }

    private void createStream(String name, Run run) throws Exception {
        createStream(
                run.site, name, builder -> run.stream.apply(run.arm.stream().apply(builder)));
    }

    /** Creates a stream for {@link #config}. */
    void createStream(int site, String name, UnaryOperator<StreamConfiguration.Builder> settings) throws Exception {
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(name)
                .subjects(name + ".>", "jetsink.offsets." + name + ".>")
                .storageType(StorageType.File);
        connections
                .get(site)
                .jetStreamManagement()
                .addStream(settings.apply(stream).build());
    }

    private Map<String, String> config(String name, Run run) {
        Map<String, String> config = config(run.site, name, run.topic);
        config.put("subject", name + "." + run.lastToken);
        config.putAll(run.config);
        config.putAll(run.arm.config());
        if (run.arm.storesOnlyEnds()) {
            config.put("bench.records", Integer.toString(run.records));
        }
        return config;
    }

    /** Returns the configuration of a connector that publishes to the stream of its name. */
    Map<String, String> config(int site, String name, String topic) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.jetsink.NatsJetStreamSinkConnector");
        config.put("topics", topic);
        config.put("tasks.max", "1");
        config.put("key.converter", BYTES);
        config.put("value.converter", BYTES);
        config.put("header.converter", BYTES);
        config.put("nats.servers", sites.get(site).addresses());
        config.put("jetstream.stream", name);
        config.put("subject", name + ".${partition}");
        return config;
    }

    private static Counted counted(ConnectCluster workers, long stored) {
        return new Counted(stored, CpuTime.now(workers.worker(0).pid()));
    }

    /** The followers. */
    private static List<Replica> replicas(JetStreamManagement streams, String stream) throws Exception {
        ClusterInfo cluster = streams.getStreamInfo(stream).getClusterInfo();
        List<Replica> replicas = cluster == null ? null : cluster.getReplicas();
        return replicas == null ? List.of() : replicas;
    }

    /** Waits until a stream that the connector of its name fills has this many messages. */
    void awaitStored(int site, String name, long messages) throws Exception {
        new Progress(connect, connections.get(site).jetStreamManagement(), name).await(messages);
    }

    /** Reads all messages of a stream. */
    static StreamTally read(Connection connection, String stream) throws Exception {
        JetStreamManagement streams = connection.jetStreamManagement();
        // The reading consumer may live on any of the replicas.
        Awaitility.await("the replicas of stream " + stream + " are up to date")
                .atMost(LONGEST_RUN)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .until(() -> replicas(streams, stream).stream()
                        .allMatch(replica -> replica.isCurrent() && replica.getLag() == 0));
        return StreamChecker.read(connection, stream, RunVerdict::position);
    }

    /** The number of messages that were stored, and the CPU time that had been used by then. */
    private record Counted(long stored, CpuTime cpu) {}

    /** Requests the status of the task only after nothing has been stored for a while: each request costs its CPU time. */
    private static final class Progress {
        private final ConnectCluster workers;
        private final JetStreamManagement streams;
        private final String name;
        private long stored;
        private long lastMove = System.nanoTime();

        Progress(ConnectCluster workers, JetStreamManagement streams, String name) {
            this.workers = workers;
            this.streams = streams;
            this.name = name;
        }

        long await(long messages) {
            return await(messages, LONGEST_RUN);
        }

        /** Returns the number of stored messages when it has reached a number, or after a time. */
        long await(long messages, Duration atMost) {
            long begin = System.nanoTime();
            return Awaitility.await(messages + " messages in stream " + name)
                    .atMost(LONGEST_RUN.plus(LONGEST_RUN))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(POLL)
                    .failFast("the task failed", this::isOver)
                    .until(
                            this::update,
                            count -> count >= messages
                                    || atMost.compareTo(LONGEST_RUN) < 0
                                            && System.nanoTime() - begin > atMost.toNanos());
        }

        private long update() throws Exception {
            long now = streams.getStreamInfo(name).getStreamState().getMsgCount();
            if (now != stored) {
                stored = now;
                lastMove = System.nanoTime();
            }
            return now;
        }

        private boolean isOver() {
            return System.nanoTime() - lastMove > STILL.toNanos()
                    && workers.rest().status(name).failed();
        }
    }
}
