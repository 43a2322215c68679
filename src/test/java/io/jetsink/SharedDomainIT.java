package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.support.Logged;
import io.jetsink.support.NatsServer;
import io.jetsink.support.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hub and leaf node have a stream of one name each, and both streams store what the connector at the leaf publishes. */
class SharedDomainIT {
    private static final String STREAM = "orders";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int BEFORE = 250;
    private static final int MEANWHILE = 100;

    @TempDir
    private Path hubStore;

    @TempDir
    private Path leafStore;

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "fast", "exactly-once"})
    void noOffsetMovesByTheAcksOfTheOtherDomain(String mode) throws Exception {
        try (NatsServer hub = hub();
                NatsServer leaf = leaf(hub);
                Logged logged = Logged.begin()) {
            createStream(hub);
            createStream(leaf);
            FakeWorker worker = begin(leaf, mode);
            worker.feed(BEFORE);
            worker.drain();
            assertThat(logged.lines("ignored an answer"))
                    .singleElement()
                    .asString()
                    .contains("stream orders in domain leaf", "stream orders in domain hub");
            assertThat(logged.lines("no working link")).isEmpty();

            hub.kill9();
            worker.offer(MEANWHILE);
            worker.until("the loss of the hub", SOON, () -> {
                assertThat(worker.committable()).isEqualTo(BEFORE);
                return !logged.lines("no working link").isEmpty();
            });
            worker.until("the domain to be named", SOON, () -> {
                assertThat(worker.committable()).isEqualTo(BEFORE);
                return !logged.lines("in domain leaf and none from stream orders in domain hub")
                                .isEmpty()
                        || !logged.lines("cannot be looked up").isEmpty()
                        // A batch is given up when its markers cannot be read; only the hub has an answer to that.
                        || mode.equals("exactly-once");
            });

            hub.restart();
            worker.drain();
            try (Connection connection = hub.connect()) {
                assertThat(StreamChecker.read(connection, STREAM)
                                .report(List.of((long) BEFORE + MEANWHILE))
                                .lost())
                        .isZero();
            }
            worker.stop();
        }
    }

    private NatsServer hub() throws Exception {
        NatsServer hub = NatsServer.builder().jetStream(false).config(hub(-1)).start();
        // The leaf node finds it again after a restart.
        hub.configure(hub(leafPort(hub)));
        return hub;
    }

    private String hub(int port) {
        return "jetstream { store_dir: '%s', domain: hub }\nleafnodes { listen: '127.0.0.1:%d' }"
                .formatted(hubStore, port);
    }

    private static int leafPort(NatsServer hub) throws Exception {
        return new ObjectMapper()
                .readTree(hub.monitor("/varz"))
                .path("leaf")
                .path("port")
                .asInt();
    }

    private NatsServer leaf(NatsServer hub) throws Exception {
        NatsServer leaf = NatsServer.builder()
                .jetStream(false)
                .config(
                        "jetstream { store_dir: '%s', domain: leaf }\nleafnodes { reconnect: 1, remotes: [ { url: 'nats://127.0.0.1:%d' } ] }"
                                .formatted(leafStore, leafPort(hub)))
                .start();
        Awaitility.await("the leaf node to be connected")
                .until(() -> new ObjectMapper()
                                .readTree(leaf.monitor("/leafz"))
                                .path("leafnodes")
                                .asInt()
                        == 1);
        return leaf;
    }

    private static void createStream(NatsServer server) throws Exception {
        try (Connection connection = server.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects("orders.*", "jetsink.offsets.>")
                            .allowBatched()
                            .allowAtomicPublish()
                            .allowRollup(true)
                            .build());
        }
    }

    private static FakeWorker begin(NatsServer leaf, String mode) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "orders-to-nats",
                "topics",
                "orders",
                "nats.servers",
                leaf.url(),
                "jetstream.domain",
                "hub",
                "jetstream.stream",
                STREAM,
                "subject",
                "orders.${partition}",
                mode.equals("exactly-once") ? "delivery.guarantee" : "publish.mode",
                mode,
                "publish.ack.timeout.ms",
                "1000"));
        FakeWorker worker = new FakeWorker("orders", new NatsJetStreamSinkTask());
        worker.start(config);
        return worker;
    }
}
