package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.MetricsSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.metrics.TaskMetrics;
import io.jetsink.nats.NatsConnector;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Epochs over connections to a real server. */
class ReconnectingSupervisorIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static NatsServer nats;

    private final Queue<Error> thrown = new ConcurrentLinkedQueue<>();
    private final Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    private final ReconnectingSupervisor link = link(SinkConfig.parse(Map.of(
            "name", "orders", "topics", "orders", "nats.servers", nats.url(), "nats.reconnect.backoff.ms", "1")));

    @BeforeAll
    static void start() {
        nats = NatsServer.start();
    }

    @AfterAll
    static void stop() {
        nats.close();
    }

    @AfterEach
    void close() {
        link.close(SOON);
    }

    @ParameterizedTest
    @ValueSource(classes = {StackOverflowError.class, AssertionError.class, OutOfMemoryError.class})
    void triesAgainWhateverIsThrownWhileAnEpochOpens(Class<? extends Error> error) throws Exception {
        thrown.add(error.getConstructor().newInstance());

        link.open();

        await().atMost(SOON).until(() -> link.currentPublisher() != null);
        assertThat(connections).hasSize(2);
        assertThat(connections.poll().getStatus()).isEqualTo(Connection.Status.CLOSED);
    }

    /** The client swallows what a listener throws, so a loss may never be reported. */
    @Test
    void findsAConnectionThatWasClosedUnheard() throws Exception {
        link.open();
        await().atMost(SOON).until(() -> link.currentPublisher() != null);
        Publisher first = link.currentPublisher();
        Connection connection = connections.poll();
        connection.removeConnectionListener(connection.getOptions().getConnectionListener());

        connection.close();

        await().atMost(SOON).until(() -> link.currentPublisher() != null && link.currentPublisher() != first);
        assertThat(link.lastFailure()).isEqualTo("the connection was closed");
    }

    private ReconnectingSupervisor link(SinkConfig config) {
        return new ReconnectingSupervisor(
                "orders-0",
                new NatsConnector(config.connection(), "orders-0", SOON, 16),
                this::publisher,
                config.connection(),
                GracePeriod.DEFAULT,
                new TaskMetrics(new MetricsSettings(true, false)).link(),
                System::nanoTime);
    }

    private Publisher publisher(Connection connection) throws IOException, InterruptedException {
        connections.add(connection);
        Error error = thrown.poll();
        if (error != null) {
            throw error;
        }
        return BestEffortPublisher.strategy(
                        "orders",
                        () -> 16,
                        new CachedStreamLookup(new JetStreamSettings(null, null, null, null), List.of(">")),
                        new ForeignReplies("orders", System::nanoTime))
                .open(connection);
    }
}
