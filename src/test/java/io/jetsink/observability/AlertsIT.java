package io.jetsink.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.ConnectWorker;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.process.ProcessClassPath;
import io.jetsink.support.prometheus.Prometheus;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Prometheus scrapes real workers with the shipped rules during faults: the right alerts fire and clear again, and no
 * other alert does. All times of the rules are a tenth. Draws the dashboard of the same data for the documentation.
 */
@Tag("faults")
final class AlertsIT {
    private static final Logger LOG = LoggerFactory.getLogger(AlertsIT.class);
    private static final int FACTOR = 10;
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String NAME = "watched";
    private static final int MAX_MESSAGE = 1_000;
    private static final String FIRING = "ALERTS{alertstate=\"firing\"}";

    private static final String ADMIN = "{ user: admin, password: admin }";
    private static final String GRANTED = rights("{ user: bridge, password: bridge }");
    private static final String DENIED =
            rights("{ user: bridge, password: bridge, permissions: { publish: { deny: [\"" + NAME + ".>\"] } } }");

    private final List<NatsPort> ports =
            Stream.generate(NatsPort::reserve).limit(2).toList();

    private interface Fault {
        void strike() throws Exception;
    }

    @Test
    void theRightAlertsFireAndClear() throws Exception {
        Map<Integer, String> flags = Map.of(0, agent(0), 1, agent(1));
        try (Bridge bridge = Bridge.startClustered(
                        2, NatsCluster.start(NatsBinary.DEFAULT, GRANTED), connect -> connect.workerFlag(flags::get));
                StreamExporter exporter = new StreamExporter(bridge.cluster());
                LoadProducer load = bridge.load(NAME, 4).recordsPerSecond(400).build();
                Prometheus prometheus = Prometheus.start(
                        INTERVAL,
                        Map.of(
                                "connect", ports.stream().map(NatsPort::number).toList(),
                                "nats", List.of(exporter.port())),
                        AlertRules.read().accelerated(FACTOR))) {
            start(bridge);
            load.start();
            bridge.awaitStored(NAME, 1_000);
            Watch watch = new Watch(prometheus, new ArrayList<>());

            watch.expect("load", Set.of(), Set.of(), () -> hold(Duration.ofSeconds(40)));
            watch.expect("the leader is killed", Set.of(), Set.of(), () -> {
                NatsServer leader = bridge.cluster().streamLeader(NAME);
                leader.kill9();
                bridge.awaitMore(NAME, 2_000);
                leader.restart();
                bridge.cluster().awaitReady();
            });
            Set<String> outage = Set.of("JetsinkRetries", "JetsinkNotConnected", "JetsinkSlow");
            watch.expect("no quorum", Set.of("JetsinkStuck", "JetsinkNoProgress"), outage, () -> {
                NatsServer leader = bridge.cluster().streamLeader(NAME);
                leader.kill9();
                NatsServer second = bridge.cluster().servers().stream()
                        .filter(NatsServer::isAlive)
                        .findFirst()
                        .orElseThrow();
                second.kill9();
                watch.awaitFiring("JetsinkStuck");
                watch.awaitFiring("JetsinkNoProgress");
                leader.restart();
                second.restart();
                bridge.awaitMore(NAME, 2_000);
            });
            watch.expect(
                    "the stream is full",
                    Set.of("JetsinkNearlyFull", "JetsinkStuck"),
                    outageAnd("JetsinkNoProgress"),
                    () -> {
                        limit(bridge, 1.2);
                        watch.awaitFiring("JetsinkNearlyFull");
                        watch.awaitFiring("JetsinkStuck");
                        limit(bridge, 100);
                        bridge.awaitMore(NAME, 2_000);
                    });
            watch.expect("records are rejected", Set.of("JetsinkRejected"), Set.of(), () -> {
                bridge.kafka().produce(NAME, null, new byte[MAX_MESSAGE + 1]);
                watch.awaitFiring("JetsinkRejected");
            });
            watch.expect("a rolling restart", Set.of(), Set.of(), () -> {
                for (ConnectWorker worker : bridge.connect().workers()) {
                    worker.sigterm();
                    worker.restart();
                    bridge.rest().awaitRunning(NAME, 2);
                    bridge.awaitMore(NAME, 2_000);
                }
                hold(Duration.ofSeconds(30));
            });
            watch.expect(
                    "a permission is revoked",
                    Set.of("JetsinkFailed"),
                    outageAnd("JetsinkStuck", "JetsinkNoProgress", "JetsinkFlapping"),
                    () -> {
                        bridge.cluster().servers().forEach(server -> server.reload(DENIED));
                        watch.awaitFiring("JetsinkFailed");
                        bridge.cluster().servers().forEach(server -> server.reload(GRANTED));
                        bridge.rest().restart(NAME);
                        bridge.rest().awaitRunning(NAME, 2);
                    });
            load.stop();
            List<Instant> drawn = new ArrayList<>(watch.marks);
            drawn.add(Instant.now());
            DashboardPictures.write(prometheus, drawn);
            watch.expect("a worker is killed", Set.of("JetsinkMetricsAbsent"), Set.of(), () -> {
                bridge.connect().worker(0).kill9();
                watch.awaitFiring("JetsinkMetricsAbsent");
                bridge.connect().worker(0).restart();
                bridge.rest().awaitRunning(NAME, 2);
            });
        } finally {
            ports.forEach(NatsPort::close);
        }
    }

    private static void start(Bridge bridge) {
        bridge.kafka().createTopic(NAME, 4);
        bridge.createStream(
                NAME,
                stream -> stream.replicas(3)
                        .allowBatched()
                        .discardPolicy(DiscardPolicy.New)
                        .maximumMessageSize(MAX_MESSAGE));
        bridge.run(
                NAME,
                2,
                Map.of(
                        "nats.auth.username", "bridge",
                        "nats.auth.password", "bridge",
                        "errors.tolerance", "all"));
    }

    /** Sets the limit of the stream to a multiple of its size. */
    private static void limit(Bridge bridge, double factor) {
        bridge.cluster().ask(streams -> {
            var info = streams.getStreamInfo(NAME);
            long bytes = (long) (factor * info.getStreamState().getByteCount());
            return streams.updateStream(StreamConfiguration.builder(info.getConfiguration())
                    .maxBytes(bytes)
                    .build());
        });
    }

    private static String rights(String bridge) {
        return "authorization { users: [" + ADMIN + ", " + bridge + "] }\nno_auth_user: admin\n";
    }

    private static Set<String> outageAnd(String... more) {
        Set<String> all = new TreeSet<>(Set.of(more));
        all.addAll(Set.of("JetsinkRetries", "JetsinkNotConnected", "JetsinkSlow"));
        return all;
    }

    private String agent(int worker) {
        return "-javaagent:" + ProcessClassPath.jar("jmx_prometheus_javaagent-") + "=127.0.0.1:"
                + ports.get(worker).number() + ":" + Observability.FOLDER.resolve("jmx-exporter.yaml");
    }

    /** Lets the load run this long: what is expected not to happen has no event to wait for. */
    private static void hold(Duration time) {
        Instant until = Instant.now().plus(time);
        Awaitility.await("the load")
                .atMost(time.multipliedBy(2))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> Instant.now().isAfter(until));
    }

    /**
     * The alerts of a Prometheus.
     *
     * @param marks when each fault began
     */
    private record Watch(Prometheus prometheus, List<Instant> marks) {
        /** Strikes, waits until no alert fires any more, and compares the alerts that have fired in between. */
        void expect(String what, Set<String> required, Set<String> allowed, Fault fault) throws Exception {
            Instant begin = Instant.now();
            marks.add(begin);
            fault.strike();
            Awaitility.await("no alert after: " + what)
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(names(FIRING)).isEmpty());
            long seconds = Duration.between(begin, Instant.now()).toSeconds();
            Set<String> fired = names("max_over_time(" + FIRING + "[" + seconds + "s])");
            Set<String> possible = new TreeSet<>(required);
            possible.addAll(allowed);
            LOG.info("{}: {} within {} s", what, fired, seconds);
            assertThat(fired).as(what).containsAll(required).isSubsetOf(possible);
        }

        void awaitFiring(String alert) {
            Awaitility.await(alert)
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(names(FIRING)).contains(alert));
        }

        private Set<String> names(String expression) {
            return prometheus.query(expression).keySet().stream()
                    .map(labels -> labels.get("alertname"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
