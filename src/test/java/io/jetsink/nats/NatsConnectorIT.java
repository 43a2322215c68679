package io.jetsink.nats;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jetsink.nats.ConnectFailedException.Reason;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NatsConnectorIT {
    private static NatsServer server;

    private final Heard heard = new Heard();

    @BeforeAll
    static void startServer() {
        server = NatsServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void showsTheServerItsNameWhateverCharactersItHas() throws Exception {
        var connector = new NatsConnector(Settings.plain(server.url()), "o\"dd\\ näme", Duration.ofSeconds(5), 1000);

        try (var link = connector.connect(List.of(), () -> heard)) {
            assertThat(link.server()).isEqualTo(server.url());
            assertThat(server.monitor("/connz")).contains("\"name\": \"o\\\"dd\\\\ näme\"");
        }
    }

    @Test
    void connectsByHostName() throws Exception {
        try (var link = connect("nats://localhost:" + server.port())) {
            assertThat(link.connection().getStatus()).isEqualTo(Connection.Status.CONNECTED);
        }
    }

    @Test
    void triesTheNextServerWhereOneIsDown() throws Exception {
        try (var link = connect(closedPort(), server.url(), closedPort())) {
            assertThat(link.server()).isEqualTo(server.url());
        }
    }

    @Test
    void triesDiscoveredServersWhereTheConfiguredOnesAreDown() throws Exception {
        try (var link = Settings.connector(Settings.plain(closedPort())).connect(List.of(server.url()), () -> heard)) {
            assertThat(link.server()).isEqualTo(server.url());
        }
    }

    @Test
    void saysOfEachServerWhyItCouldNotBeReached() throws Exception {
        var refusing = closedPort();
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var mute = "nats://127.0.0.1:" + silent.getLocalPort();
            var connector = Settings.connector(Settings.plain(refusing, mute, "nats://no-such-host.invalid:4222"));

            Settings.assertFails(Reason.TIMEOUT, () -> connector.connect(List.of(), () -> heard))
                    .hasMessageContainingAll(
                            refusing + ": Connection refused",
                            mute + ": no reply in time",
                            "nats://no-such-host.invalid:4222: unknown host",
                            "nats.connect.timeout.ms");
        }
        assertThat(heard.lost).isEmpty();
    }

    @Test
    void saysWhatAServerHasAgainstOneMoreConnection() throws Exception {
        try (var own = NatsServer.builder().config("max_connections: 1").start()) {
            await("whoever looked whether it is ready to be gone")
                    .untilAsserted(() ->
                            assertThat(own.monitor("/connz").replace(" ", "")).contains("\"num_connections\":0"));
            var connector = Settings.connector(Settings.plain(own.url()));
            try (var first = connector.connect(List.of(), () -> heard)) {
                Settings.assertFails(Reason.BUSY, () -> connector.connect(List.of(), () -> heard))
                        .hasMessageContaining(own.url() + ": maximum connections exceeded");
                assertThat(first.connection().getStatus()).isEqualTo(Connection.Status.CONNECTED);
            }
        }
    }

    @Test
    void connectingEndsWhenInterrupted() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var connector = Settings.connector(Settings.plain("nats://127.0.0.1:" + silent.getLocalPort()));
            var outcome = new CompletableFuture<Throwable>();
            var thread = new Thread(() -> {
                try (var link = connector.connect(List.of(), () -> heard)) {
                    outcome.complete(new AssertionError("connected to " + link.server()));
                } catch (IOException | InterruptedException e) {
                    outcome.complete(e);
                }
            });
            thread.start();
            silent.accept();

            thread.interrupt();

            assertThat(outcome.get(2, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void hearsOnceThatTheConnectionIsLostAndNeverMendsIt() throws Exception {
        try (var own = NatsServer.start();
                var link = connect(own.url())) {
            own.kill9();
            await().until(() -> link.connection().getStatus() == Connection.Status.CLOSED);
            own.restart();

            assertThat(heard.lost)
                    .singleElement()
                    .satisfies(
                            e -> assertThat(e).hasMessageContaining(own.url()).hasCauseInstanceOf(IOException.class));
            assertThat(link.connection().getStatus()).isEqualTo(Connection.Status.CLOSED);
        }
    }

    @Test
    void hearsNothingOfAConnectionThatItsOwnerCloses() throws Exception {
        var link = connect(server.url());

        link.close();

        assertThat(link.connection().getStatus()).isEqualTo(Connection.Status.CLOSED);
        assertThat(heard.lost).isEmpty();
        assertThat(heard.clientErrors).isEmpty();
    }

    @Test
    void hearsWhatTheServerForbids() throws Exception {
        try (var own = NatsServer.builder()
                        .config(
                                "authorization { users: [{ user: u, password: p, permissions: { publish: allowed } }] }")
                        .start();
                var link = Settings.connector(Settings.with(Settings.user("u", "p"), Settings.NO_TLS, own.url()))
                        .connect(List.of(), () -> heard)) {
            link.connection().publish("orders", new byte[0]);

            await().untilAsserted(() -> assertThat(heard.serverErrors)
                    .singleElement()
                    .asString()
                    .isEqualToIgnoringCase("Permissions Violation for Publish to \"orders\""));
        }
    }

    @Test
    void hearsOfALameDuckAndOfDiscoveredServers() throws Exception {
        try (var cluster = NatsCluster.start();
                var link = connect(cluster.server(0).url())) {
            assertThat(link.servers()).containsExactlyInAnyOrderElementsOf(cluster.urls());

            cluster.server(1).kill9();
            await().until(() -> !link.servers().contains(cluster.server(1).url()));
            cluster.server(1).restart();
            await().untilAsserted(() -> assertThat(heard.discovered)
                    .anyMatch(known -> known.contains(cluster.server(1).url())));

            cluster.server(0).signal("USR2");

            await().until(() -> !heard.lameDucks.isEmpty());
        }
    }

    /** 127.1 is an address for resolvers and no host for java.net.URI, as names with underscores are none. */
    @Test
    void goesOnWithServersWhoseAnnouncedNamesTheClientDoesNotAccept() throws Exception {
        try (var cluster = NatsCluster.start(NatsBinary.DEFAULT, "client_advertise: '127.1'\n")) {
            var connector = Settings.connector(Settings.plain(cluster.server(0).url()));
            List<String> known;
            try (var link = connector.connect(List.of(), () -> heard)) {
                known = link.servers();
            }
            assertThat(known)
                    .contains(
                            "nats://127.1:" + cluster.server(1).port(),
                            "nats://127.1:" + cluster.server(2).port());
            cluster.server(0).kill9();

            try (var link = connector.connect(known, () -> heard)) {
                assertThat(link.connection().getServerInfo().getPort())
                        .isIn(cluster.server(1).port(), cluster.server(2).port());
                cluster.server(0).restart();
                await().untilAsserted(() -> assertThat(heard.discovered)
                        .anyMatch(servers -> servers.contains(
                                "nats://127.1:" + cluster.server(0).port())));
            }
        }
    }

    @Test
    void warnsOnceOfAnnouncedServersThatItCannotUse() throws Exception {
        try (var cluster = NatsCluster.start(NatsBinary.DEFAULT, "client_advertise: 'a b'\n");
                var log = Logged.of(NatsConnector.class.getName())) {
            var connector = Settings.connector(Settings.plain(cluster.server(0).url()));
            for (int i = 0; i < 3; i++) {
                connector.connect(List.of(), () -> heard).close();
            }

            assertThat(log.lines())
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line).contains("announces nats://a b:", "client_advertise"));
        }
    }

    @Test
    void closingDoesNotWaitForAServerThatStandsStill() throws Exception {
        try (var own = NatsServer.start()) {
            var link = connect(own.url());
            own.sigstop();
            assertThrown(IllegalStateException.class, () -> publishUntilFull(link.connection()));

            var start = System.nanoTime();
            link.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
            own.sigcont();
        }
    }

    @Test
    void leavesNoThreadAndNoSocketBehind() throws Exception {
        connect(server.url()).close();
        await().untilAsserted(() -> assertThat(linkThreads()).isEmpty());
        var sockets = sockets();

        for (int i = 0; i < 200; i++) {
            try (var link = connect(server.url())) {
                link.connection().createDispatcher(message -> {}).subscribe("s");
                link.connection().flush(Duration.ofSeconds(5));
                // Threads of the link before may still be ending.
                await().pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(5))
                        .untilAsserted(() -> assertThat(linkThreads()).hasSizeBetween(3, 5));
            }
        }

        await().untilAsserted(() -> assertThat(linkThreads()).isEmpty());
        await().untilAsserted(() -> assertThat(sockets()).isLessThanOrEqualTo(sockets));
        await().untilAsserted(() -> assertThat(server.monitor("/varz")).contains("\"connections\": 0"));
    }

    private OpenConnection connect(String... servers) throws Exception {
        return Settings.connector(Settings.plain(servers)).connect(List.of(), () -> heard);
    }

    private static void publishUntilFull(Connection connection) {
        var payload = new byte[100_000];
        for (int i = 0; i < 100_000; i++) {
            connection.publish("s", payload);
        }
    }

    private static List<String> linkThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("test-0-nats-"))
                .map(thread -> thread.getName() + (thread.isDaemon() ? "" : " is no daemon"))
                .collect(Collectors.toList());
    }

    private static long sockets() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(NatsConnectorIT::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static String closedPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "nats://127.0.0.1:" + socket.getLocalPort();
        }
    }
}
