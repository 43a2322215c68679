package io.jetsink.support;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jetsink.support.nats.NatsPort;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FaultProxyIT {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(5);

    private static NatsServer server;
    private static Connection direct;

    private final Queue<String> heard = new ConcurrentLinkedQueue<>();
    private FaultProxy proxy;
    private Connection connection;

    @BeforeAll
    static void startServer() throws Exception {
        server = NatsServer.start();
        direct = server.connect();
    }

    @AfterAll
    static void stopServer() throws Exception {
        direct.close();
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        proxy = FaultProxy.to(server);
        connection = Nats.connect(
                new Options.Builder().server(proxy.url()).noReconnect().build());
        Dispatcher dispatcher = connection.createDispatcher(message -> heard.add(message.getSubject()));
        dispatcher.subscribe("a.>").subscribe("_INBOX.x.>");
        connection.flush(LONG);
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        connection.close();
    }

    @Test
    void resetsWhatIsConnected() {
        proxy.reset();

        await().atMost(LONG).until(() -> connection.getStatus() == Connection.Status.CLOSED);
        assertThat(proxy.connections()).isZero();
    }

    @Test
    void countsConnectionsAndBytesByTheClientsNames() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (Connection named = Nats.connect(new Options.Builder()
                    .server(proxy.url())
                    .connectionName("orders-" + i)
                    .build())) {
                named.publish("a.1", new byte[10_000]);
                named.flush(LONG);
            }
        }

        assertThat(proxy.connectionsOf("orders-")).isEqualTo(2);
        assertThat(proxy.connectionsOf("orders-1")).isEqualTo(1);
        assertThat(proxy.connectionsOf("payments")).isZero();
        assertThat(proxy.bytesOf("orders-0")).isBetween(10_000L, 12_000L);
    }

    /** Without it the sender has put four megabytes away before it feels that the link is thin. */
    @Test
    void keepsNoMoreUnderWayThanThereIsRoom() throws Exception {
        proxy.room(16 << 10);
        try (Connection narrow = Nats.connect(new Options.Builder()
                .server(proxy.url())
                .connectionName("narrow")
                .build())) {
            narrow.flush(LONG);
            proxy.holdToServer(true);
            for (int i = 0; i < 100; i++) {
                narrow.publish("a.1", new byte[10_000]);
            }
            assertThatThrownBy(() -> narrow.flush(SHORT)).isInstanceOf(TimeoutException.class);

            assertThat(proxy.bytesOf("narrow")).isLessThan(300_000);
            proxy.holdToServer(false);
            narrow.flush(LONG);
            assertThat(proxy.bytesOf("narrow")).isGreaterThan(1_000_000);
        }
    }

    @Test
    void holdsEverythingAndDeliversItLater() throws Exception {
        proxy.blackHole(true);
        connection.publish("a.1", new byte[0]);
        assertThatThrownBy(() -> connection.flush(SHORT)).isInstanceOf(TimeoutException.class);

        proxy.blackHole(false);

        await().atMost(LONG).until(() -> heard.contains("a.1"));
    }

    @Test
    void holdsOneWayOnly() throws Exception {
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        direct.createDispatcher(message -> arrived.add(message.getSubject())).subscribe("a.>");
        direct.flush(LONG);
        proxy.holdToClient(true);

        connection.publish("a.2", new byte[0]);

        await().atMost(LONG).until(() -> arrived.contains("a.2"));
        assertThatThrownBy(() -> connection.flush(SHORT)).isInstanceOf(TimeoutException.class);
        assertThat(heard).isEmpty();
    }

    @Test
    void slowsDown() throws Exception {
        proxy.delay(SHORT);
        long begin = System.nanoTime();

        connection.flush(LONG);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(SHORT.multipliedBy(2));
    }

    @Test
    void delaysWithoutNarrowing() throws Exception {
        proxy.delay(SHORT);
        long begin = System.nanoTime();

        for (int i = 0; i < 1_000; i++) {
            direct.publish("a." + i, new byte[10]);
        }
        direct.flush(LONG);

        await().atMost(LONG).until(() -> heard.size() == 1_000);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(SHORT);
        assertThat(heard).containsExactlyElementsOf(subjects(1_000));
    }

    @Test
    void narrows() throws Exception {
        proxy.throttle(100_000);
        long begin = System.nanoTime();

        connection.publish("b.1", new byte[50_000]);
        connection.flush(LONG);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(450));
    }

    @Test
    void endsOneWayTowardsTheClient() throws Exception {
        proxy.endToClient();

        await().atMost(LONG).until(() -> connection.getStatus() == Connection.Status.CLOSED);
        await().atMost(LONG).until(() -> proxy.connections() == 0);
    }

    @Test
    void endsOneWayTowardsTheServer() throws Exception {
        proxy.endToServer();

        await().atMost(LONG).until(() -> connection.getStatus() == Connection.Status.CLOSED);
        await().atMost(LONG).until(() -> proxy.connections() == 0);
    }

    @Test
    void deafensWhoIsConnectedAndNobodyElse() throws Exception {
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        direct.createDispatcher(message -> arrived.add(message.getSubject())).subscribe("d.>");
        direct.flush(LONG);
        proxy.deafen();

        connection.publish("d.1", new byte[0]);

        await().atMost(LONG).until(() -> arrived.contains("d.1"));
        assertThatThrownBy(() -> connection.flush(SHORT)).isInstanceOf(TimeoutException.class);
        try (Connection next = Nats.connect(
                new Options.Builder().server(proxy.url()).noReconnect().build())) {
            next.flush(LONG);
        }
    }

    @Test
    void cutsAMessageOnItsWayToTheServer() throws Exception {
        Queue<String> arrived = new ConcurrentLinkedQueue<>();
        direct.createDispatcher(message -> arrived.add(message.getSubject())).subscribe("c.>");
        direct.flush(LONG);
        proxy.cutToServerAfter(500);

        connection.publish("c.1", new byte[100]);
        connection.publish("c.2", new byte[1_000]);

        await().atMost(LONG).until(() -> connection.getStatus() == Connection.Status.CLOSED);
        direct.flush(LONG);
        assertThat(arrived).containsExactly("c.1");
    }

    @Test
    void cutsAMessageOnItsWayToTheClient() throws Exception {
        proxy.cutToClientAfter(500);

        direct.publish("a.1", new byte[100]);
        direct.publish("a.2", new byte[1_000]);

        await().atMost(LONG).until(() -> connection.getStatus() == Connection.Status.CLOSED);
        assertThat(heard).containsExactly("a.1");
    }

    @Test
    void delaysAnswersAndNothingElse() throws Exception {
        proxy.delayAnswers(SHORT);
        connection.publish("_INBOX.x.1", new byte[5]);
        connection.publish("_INBOX.x.2", new byte[5]);
        connection.publish("a.3", new byte[0]);

        await().atMost(LONG).until(() -> heard.contains("_INBOX.x.2"));
        assertThat(heard).containsExactly("a.3", "_INBOX.x.1", "_INBOX.x.2");
    }

    @Test
    void countsWhoeverComes() throws Exception {
        long before = proxy.accepted();
        Nats.connect(new Options.Builder().server(proxy.url()).noReconnect().build())
                .close();

        assertThat(proxy.accepted()).isEqualTo(before + 1);
    }

    @Test
    void dropsAnswersAndNothingElse() throws Exception {
        proxy.dropAnswers(true);
        connection.publish("_INBOX.x.1", new byte[5]);
        connection.publish("a.3", "MSG _INBOX.x.9 1 0\r\n".getBytes(US_ASCII));
        connection.flush(LONG);
        proxy.dropAnswers(false);
        connection.publish("_INBOX.x.2", new byte[5]);

        await().atMost(LONG).until(() -> heard.contains("_INBOX.x.2"));
        assertThat(heard).containsExactly("a.3", "_INBOX.x.2");
        assertThat(proxy.dropped()).isEqualTo(1);
    }

    @Test
    void looksDeadWhenTheServerIs() throws Exception {
        try (FaultProxy dead = FaultProxy.to(closedPort())) {
            Options options = new Options.Builder()
                    .server(dead.url())
                    .noReconnect()
                    .connectionTimeout(LONG)
                    .build();

            assertThatThrownBy(() -> Nats.connect(options)).isInstanceOf(IOException.class);
        }
    }

    private static List<String> subjects(int count) {
        return IntStream.range(0, count).mapToObj(i -> "a." + i).toList();
    }

    private static int closedPort() {
        try (NatsPort port = NatsPort.reserve()) {
            return port.number();
        }
    }
}
