package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * A task under a steady load before servers that can be cut off.
 *
 * <p>Nothing is committed before the end of the load, so that no end of a batch is under way when a connection is cut: if
 * its answer were lost, the messages behind the last ack would be sent twice.
 */
final class FastRig extends TaskRig {
    /** 20,000 records a second. */
    static final int POLL = 200;

    static final long PACE_NANOS = Duration.ofMillis(10).toNanos();

    /** Records between two faults: several acks. */
    private static final int BETWEEN = 5_000;

    private static final Pattern UNKNOWN = Pattern.compile("the outcome of up to (\\d+) messages is unknown");

    /** The servers, where there are three. */
    NatsCluster cluster;

    FastRig() {
        super("orders", Server.NONE);
        with("errors.tolerance", "all");
    }

    /** One server, whose stream allows batches, behind a proxy. */
    FaultProxy single() {
        serve("");
        create(stream().allowBatched());
        with("nats.servers", proxy().url());
        return proxy();
    }

    /** A cluster of three servers behind proxies, and a stream with this number of replicas. */
    List<FaultProxy> clustered(int replicas) {
        cluster = track(NatsCluster.startUnannounced());
        create(stream().replicas(replicas).allowBatched());
        return proxies(cluster.servers());
    }

    List<FaultProxy> proxies(List<NatsServer> servers) {
        List<FaultProxy> proxies =
                servers.stream().map(server -> track(FaultProxy.to(server))).toList();
        with("nats.servers", proxies.stream().map(FaultProxy::url).collect(Collectors.joining(",")));
        return proxies;
    }

    @Override
    Connection connect() throws IOException, InterruptedException {
        return cluster == null ? super.connect() : cluster.connect();
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

    /** Waits until records flow: several acks' worth from now on. */
    void awaitMoreStored() {
        AtomicLong before = new AtomicLong(-1);
        Awaitility.await("records to flow")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(() -> {
                    long now = stored();
                    before.compareAndSet(-1, now);
                    return now >= before.get() + BETWEEN;
                });
    }

    void assertNoTrace() {
        assertThat(saidUnknown()).as("messages of unknown outcome").isZero();
        report().assertClean();
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
}
