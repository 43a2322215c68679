package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connected to a leaf node with a JetStream of its own, the connector writes into a stream of the hub. */
class DomainIT {
    private static final String STREAM = "orders";
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private static Path hubStore;

    @TempDir
    private static Path leafStore;

    private static NatsServer hub;
    private static NatsServer leaf;
    private @Nullable FakeWorker worker;

    @BeforeAll
    static void start() throws Exception {
        hub = NatsServer.builder()
                .jetStream(false)
                .config("jetstream { store_dir: '%s', domain: hub }\nleafnodes { listen: '127.0.0.1:-1' }"
                        .formatted(hubStore))
                .start();
        int port = new ObjectMapper()
                .readTree(hub.monitor("/varz"))
                .path("leaf")
                .path("port")
                .asInt();
        leaf = NatsServer.builder()
                .jetStream(false)
                .config(
                        "jetstream { store_dir: '%s', domain: leaf }\nleafnodes { remotes: [ { url: 'nats://127.0.0.1:%d' } ] }"
                                .formatted(leafStore, port))
                .start();
        Awaitility.await("the leaf node to be connected")
                .until(() -> new ObjectMapper()
                                .readTree(leaf.monitor("/leafz"))
                                .path("leafnodes")
                                .asInt()
                        == 1);
    }

    @AfterAll
    static void stop() {
        leaf.close();
        hub.close();
    }

    @AfterEach
    void clean() throws Exception {
        if (worker != null) {
            worker.stop();
        }
        try (Connection connection = hub.connect()) {
            if (connection.jetStreamManagement().getStreamNames().contains(STREAM)) {
                connection.jetStreamManagement().deleteStream(STREAM);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "jetstream.domain,     hub,          publish.mode,       fast,         500",
        "jetstream.api.prefix, $JS.hub.API,  publish.mode,       fast,         500",
        "jetstream.domain,     hub,          publish.mode,       async,        500",
        "jetstream.domain,     hub,          delivery.guarantee, exactly-once, 251",
        "jetstream.api.prefix, $JS.hub.API., delivery.guarantee, exactly-once, 251",
    })
    void aStreamIsCreatedFoundAndWrittenThere(String where, String name, String how, String value, long stored)
            throws Exception {
        begin(Map.of(where, name, how, value, "jetstream.stream.create", "true"));
        worker.feed(250);
        worker.drain();
        worker.stop();

        // The second time it exists, and with exactly-once the marker that tells that these records are stored.
        begin(Map.of(where, name, how, value));
        worker.feed(250);
        worker.drain();

        assertThat(stored()).isEqualTo(stored);
    }

    @Test
    void aStreamIsFoundBySubjectThere() throws Exception {
        try (Connection connection = hub.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects("orders.*")
                            .allowBatched()
                            .build());
        }

        begin(Map.of("jetstream.domain", "hub", "publish.mode", "fast", "jetstream.stream", ""));
        worker.feed(250);
        worker.drain();

        assertThat(stored()).isEqualTo(250);
    }

    @ParameterizedTest
    @ValueSource(strings = {"leaf", ""})
    void elsewhereThereIsNoSuchStream(String domain) throws Exception {
        try (Connection connection = hub.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects("orders.*")
                            .allowBatched()
                            .build());
        }
        begin(Map.of("jetstream.domain", domain, "publish.mode", "fast"));
        worker.offer(1);

        assertThatThrownBy(() -> worker.until("a refusal", SOON, () -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("there is no stream orders");
    }

    @Test
    void offsetsAreAlteredThere() throws Exception {
        Map<String, String> config = config(Map.of(
                "jetstream.domain", "hub", "delivery.guarantee", "exactly-once", "jetstream.stream.create", "true"));
        begin(config);
        worker.feed(250);
        worker.drain();
        worker.stop();

        new NatsJetStreamSinkConnector().alterOffsets(config, Map.of(new TopicPartition("orders", 0), 240L));

        begin(config);
        worker.feed(250);
        worker.drain();
        assertThat(stored()).isEqualTo(261);
    }

    private void begin(Map<String, String> more) {
        worker = new FakeWorker("orders", Impatient.task());
        worker.start(config(more));
    }

    private static Map<String, String> config(Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "orders-to-nats",
                "nats.servers",
                leaf.url(),
                "jetstream.stream",
                STREAM,
                "subject",
                "orders.${partition}"));
        config.putAll(more);
        config.values().removeIf(String::isEmpty);
        return config;
    }

    private static long stored() throws Exception {
        try (Connection connection = hub.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(STREAM)
                    .getStreamState()
                    .getMsgCount();
        }
    }
}
