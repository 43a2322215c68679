package io.jetsink.bench;

import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.kafka.ConnectRest;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.Replica;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * A broker, nats-servers and one Connect worker with the packaged plugin, as processes, and a topic of one partition that
 * is full before anything is measured. They stay for all runs, so that the worker's JVM is warm; each run has a connector,
 * and thereby a consumer group, and a stream of its own.
 */
final class BenchRig implements AutoCloseable {
    private static final String TOPIC = "bench";
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";
    private static final Duration LONGEST_RUN = Duration.ofMinutes(10);
    private static final Duration STILL = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(20);

    private final BenchSettings settings;
    /** The last is closed first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private final KafkaCluster kafka;
    private final List<String> servers;
    private final ConnectCluster connect;
    /** Workers with the plugin of {@code -Dbench.before}; the same as {@link #connect} without it. */
    private final ConnectCluster earlier;

    private final Connection connection;
    private final JetStreamManagement streams;

    private BenchRig(BenchSettings settings) throws Exception {
        this.settings = settings;
        try {
            kafka = started(KafkaCluster.start());
            String limits = NatsServer.batchesOf(settings.batchMessages());
            servers = settings.replicas() == 1
                    ? List.of(
                            started(NatsServer.builder().config(limits).start()).url())
                    : started(NatsCluster.start(NatsBinary.DEFAULT, limits)).urls();
            connect = started(ConnectCluster.measured(kafka.bootstrap())
                    .packagedPlugin()
                    .plugin(BarePlugin.pack(settings.folder()))
                    .start());
            earlier = settings.before() == null ? connect : started(earlierWorkers(settings.before()));
            connection = started(Nats.connect(String.join(",", servers)));
            streams = connection.jetStreamManagement();
            kafka.createTopic(TOPIC, 1);
            try (LoadProducer load = LoadProducer.to(kafka.bootstrap(), TOPIC)
                    .valueBytes(settings.valueBytes())
                    .build()) {
                load.produce(settings.records());
            }
        } catch (Exception e) {
            close();
            throw e;
        }
    }

    /** A Connect cluster of its own on the same broker. */
    private ConnectCluster earlierWorkers(Path zip) {
        return ConnectCluster.measured(kafka.bootstrap())
                .plugin(zip)
                .group("connect-before")
                .start();
    }

    private ConnectCluster connect(Arm arm) {
        return arm.earlier() ? earlier : connect;
    }

    static BenchRig start(BenchSettings settings) throws Exception {
        return new BenchRig(settings);
    }

    String natsVersion() {
        return connection.getServerInfo().getVersion();
    }

    Measurement measure(Arm arm, int round) throws Exception {
        String name = arm.name() + (round < 1 ? "-warm-up" + -round : "-" + round);
        int records = arm.records(settings.records());
        createStream(name, arm);
        ConnectCluster workers = connect(arm);
        ConnectRest rest = workers.rest();
        rest.create(name, config(arm, name));
        // CPU time counts from the first record on, so that making and starting the task is left out.
        Sample first = awaitStored(workers, name, 1 + arm.messagesBeside());
        Sample last = awaitStored(workers, name, records + arm.messagesBeside());
        rest.stop(name);
        rest.delete(name);
        Duration time = timeBetweenFirstAndLast(name, records);
        streams.deleteStream(name);
        CpuTime used = last.cpu.minus(first.cpu);
        double moved = Math.max(1, last.stored - first.stored);
        return new Measurement(
                arm.name(),
                round,
                records,
                time.toNanos() / 1e9,
                used.worker() / moved,
                used.all() / moved,
                used.otherCores());
    }

    @Override
    public void close() throws Exception {
        while (!started.isEmpty()) {
            started.pop().close();
        }
    }

    private <T extends AutoCloseable> T started(T part) {
        started.push(part);
        return part;
    }

    private void createStream(String name, Arm arm) throws IOException, JetStreamApiException {
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(name)
                .subjects(name + ".>", "jetsink.offsets." + name + ".>")
                .storageType(StorageType.File)
                .replicas(settings.replicas());
        streams.addStream(arm.stream().apply(stream).build());
    }

    private Map<String, String> config(Arm arm, String name) {
        Map<String, String> config = new HashMap<>();
        config.put("connector.class", "io.jetsink.NatsJetStreamSinkConnector");
        config.put("topics", TOPIC);
        config.put("tasks.max", "1");
        config.put("key.converter", BYTES);
        config.put("value.converter", BYTES);
        config.put("header.converter", BYTES);
        config.put("nats.servers", String.join(",", servers));
        config.put("jetstream.stream", name);
        config.put("subject", name + ".${partition}");
        config.putAll(settings.config());
        config.putAll(arm.config());
        return config;
    }

    private Sample awaitStored(ConnectCluster workers, String name, long messages) {
        Progress progress = new Progress(workers, name);
        long stored = Awaitility.await(messages + " messages in stream " + name)
                .atMost(LONGEST_RUN)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .failFast("the task failed", progress::isOver)
                .until(() -> progress.update(stored(name)), count -> count >= messages);
        return new Sample(stored, CpuTime.now(workers.worker(0).pid()));
    }

    private long stored(String name) throws IOException, JetStreamApiException {
        return streams.getStreamInfo(name).getStreamState().getMsgCount();
    }

    /** But for the leader. */
    private List<Replica> replicas(String stream) throws IOException, JetStreamApiException {
        ClusterInfo cluster = streams.getStreamInfo(stream).getClusterInfo();
        List<Replica> replicas = cluster == null ? null : cluster.getReplicas();
        return replicas == null ? List.of() : replicas;
    }

    /** Reads all: a speed without all the records, each once and in order, would be the speed of something else. */
    private Duration timeBetweenFirstAndLast(String stream, int records) {
        // The reading consumer may live on any of the replicas.
        Awaitility.await("the replicas of stream " + stream + " are up to date")
                .atMost(LONGEST_RUN)
                .pollInterval(POLL)
                .until(() ->
                        replicas(stream).stream().allMatch(replica -> replica.isCurrent() && replica.getLag() == 0));
        StreamTally tally = StreamChecker.read(connection, stream);
        List<StreamEntry> stored = tally.entries();
        tally.assertClean(List.of((long) Math.max(records, stored.size())));
        return Duration.between(
                stored.get(0).storedAt(), stored.get(records - 1).storedAt());
    }

    /** What had been used when so many messages were stored. */
    private record Sample(long stored, CpuTime cpu) {}

    /** Asks the worker how the task does only when nothing has moved for a while: asking costs its CPU. */
    private static final class Progress {
        private final ConnectCluster workers;
        private final String name;
        private long stored;
        private long lastMove = System.nanoTime();

        Progress(ConnectCluster workers, String name) {
            this.workers = workers;
            this.name = name;
        }

        long update(long now) {
            if (now != stored) {
                stored = now;
                lastMove = System.nanoTime();
            }
            return now;
        }

        boolean isOver() {
            return System.nanoTime() - lastMove > STILL.toNanos()
                    && workers.rest().status(name).failed();
        }
    }
}
