package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamTally;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * The connector's task, fed in this JVM, before real servers that can be cut off: what the tests of fast-ingest have in
 * common.
 *
 * <p>The load is steady and nothing is committed before its end, as between two commits of a worker. So no end of a batch
 * is under way when a connection is cut; if one were, its answer could be lost, and what came behind the last ack would be
 * sent twice.
 */
final class FastRig implements AutoCloseable {
    static final String STREAM = "orders";
    static final Duration PATIENCE = Duration.ofSeconds(90);
    /** 20,000 records a second. */
    static final int POLL = 200;

    static final long PACE_NANOS = Duration.ofMillis(10).toNanos();

    /** Records between two faults: several acks. */
    private static final int BETWEEN = 5_000;

    private static final Pattern UNKNOWN = Pattern.compile("the outcome of up to (\\d+) messages is unknown");

    final Logged logged = Logged.begin();
    FakeWorker worker;
    NatsServer server;
    Connection direct;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private String urls;

    List<FaultProxy> single() throws Exception {
        server = track(NatsServer.start());
        direct = track(server.connect());
        direct.jetStreamManagement().addStream(stream(1).allowBatched().build());
        return proxies(List.of(server));
    }

    List<FaultProxy> replicated() throws Exception {
        return clustered(3);
    }

    /** A cluster of three servers, and a stream with so many replicas. */
    List<FaultProxy> clustered(int replicas) throws Exception {
        NatsCluster cluster = track(NatsCluster.startUnannounced());
        direct = track(cluster.connect());
        direct.jetStreamManagement().addStream(stream(replicas).allowBatched().build());
        return proxies(IntStream.range(0, 3).mapToObj(cluster::server).toList());
    }

    List<FaultProxy> proxies(List<NatsServer> servers) {
        List<FaultProxy> proxies = servers.stream().map(FaultProxy::to).toList();
        proxies.forEach(this::track);
        urls = proxies.stream().map(FaultProxy::url).collect(Collectors.joining(","));
        return proxies;
    }

    void start(Map<String, String> more) {
        start(urls, more);
    }

    void start(String servers, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name", "fast",
                "topics", STREAM,
                "nats.servers", servers,
                "jetstream.stream", STREAM,
                "errors.tolerance", "all"));
        config.putAll(more);
        worker = new FakeWorker(STREAM, new NatsJetStreamSinkTask());
        worker.start(config);
    }

    void feed(int records) {
        for (int left = records; left > 0; left -= POLL) {
            worker.feed(Math.min(POLL, left));
            LockSupport.parkNanos(PACE_NANOS);
        }
    }

    /** Feeds the task while another thread does this. */
    void feedDuring(Callable<Void> faults) throws Exception {
        during(faults, () -> feed(POLL));
    }

    static void during(Callable<Void> faults, Runnable load) throws Exception {
        ExecutorService injector = Executors.newSingleThreadExecutor();
        try {
            Future<Void> done = injector.submit(faults);
            while (!done.isDone()) {
                load.run();
            }
            done.get();
        } finally {
            injector.shutdownNow();
        }
    }

    static void blackHole(List<FaultProxy> proxies, Duration length) {
        proxies.forEach(proxy -> proxy.blackHole(true));
        elapse(length);
        proxies.forEach(proxy -> proxy.blackHole(false));
    }

    /** Lets a fault last. */
    static void elapse(Duration length) {
        long begin = System.nanoTime();
        Awaitility.await("the end of a fault")
                .pollInterval(Duration.ofMillis(10))
                .atMost(length.plusSeconds(10))
                .until(() -> System.nanoTime() - begin >= length.toNanos());
    }

    void update(StreamConfiguration.Builder stream) throws Exception {
        direct.jetStreamManagement().updateStream(stream.build());
    }

    long stored() throws Exception {
        return direct.jetStreamManagement()
                .getStreamInfo(STREAM)
                .getStreamState()
                .getMsgCount();
    }

    /** Waits until records flow: several acks' worth from now on. */
    void awaitMoreStored() {
        AtomicLong before = new AtomicLong(-1);
        Awaitility.await("records to flow")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .ignoreExceptions()
                .until(() -> {
                    long now = stored();
                    before.compareAndSet(-1, now);
                    return now >= before.get() + BETWEEN;
                });
    }

    /** Waits until the stream has so many messages. */
    void awaitStored(long messages) {
        Awaitility.await("everything to be stored")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> stored() >= messages);
    }

    StreamTally tally() {
        return StreamChecker.read(direct, STREAM);
    }

    List<Long> sequences() {
        return tally().entries().stream().map(entry -> entry.sequence()).toList();
    }

    void assertNoTrace() {
        assertThat(saidUnknown()).as("messages of unknown outcome").isZero();
        tally().assertClean(List.of(worker.consumed()));
    }

    /** How many messages were said to be sent again although they may be there. */
    long saidUnknown() {
        return logged.lines().stream()
                .map(UNKNOWN::matcher)
                .filter(Matcher::find)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
    }

    List<String> modes() {
        return logged.lines("publishes with").stream()
                .map(line -> line.replaceAll(".*publishes with (\\S+).*", "$1"))
                .toList();
    }

    static StreamConfiguration.Builder stream(int replicas) {
        return StreamConfiguration.builder().name(STREAM).subjects(STREAM).replicas(replicas);
    }

    <T extends AutoCloseable> T track(T resource) {
        opened.add(resource);
        return resource;
    }

    @Override
    public void close() throws Exception {
        if (worker != null) {
            worker.stop();
        }
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
        logged.close();
    }
}
