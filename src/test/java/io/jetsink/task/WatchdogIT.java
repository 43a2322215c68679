package io.jetsink.task;

import static io.jetsink.task.LinkRig.PATIENCE;
import static io.jetsink.task.LinkRig.STREAM;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jetsink.publish.Publisher;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsCertificates;
import io.jetsink.support.nats.NatsCertificates.Issued;
import io.jetsink.support.nats.NatsMesh;
import io.jetsink.support.nats.NatsOperator;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links that look well and are not, or that time has overtaken: each ends in a new one, and no task stands still. */
class WatchdogIT {
    /** Three times the one is more than the one and the two seconds that a PING is given. */
    private static final Map<String, String> IMPATIENT = Map.of(
            "publish.mode", "async",
            "publish.ack.timeout.ms", "1200",
            "nats.connect.timeout.ms", "500");

    private static final Pattern INBOX = Pattern.compile("_INBOX\\.[A-Za-z0-9]+");

    private final LinkRig rig = new LinkRig();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void acksThatStayAwayEndALinkThoughTheServerAnswersPings() throws Exception {
        try (NatsServer nats = NatsServer.start();
                FaultProxy proxy = FaultProxy.to(nats)) {
            FakeWorker worker = startProven(nats, proxy.url(), IMPATIENT);
            Publisher first = rig.task.link.currentPublisher();

            proxy.dropAnswers(true);
            worker.offer(500);
            awaitReplaced(worker, first, "no ack for 3600 ms");
            proxy.dropAnswers(false);
            worker.drain();

            assertThat(proxy.dropped()).isPositive();
            LinkRig.report(nats, worker).assertOrderedAtLeastOnce();
        }
    }

    @Tag("faults")
    @Test
    void aLinkThatHearsNothingIsReplaced() throws Exception {
        try (NatsServer nats = NatsServer.start();
                FaultProxy proxy = FaultProxy.to(nats)) {
            FakeWorker worker = startProven(nats, proxy.url(), IMPATIENT);
            Publisher first = rig.task.link.currentPublisher();

            proxy.holdToClient(true);
            worker.offer(500);
            awaitReplaced(worker, first, "no answer to a PING");
            proxy.reset();
            proxy.holdToClient(false);
            worker.drain();

            LinkRig.report(nats, worker).assertOrderedAtLeastOnce();
        }
    }

    /** As jnats 2.26.2 does at a header that is not ASCII: its status stays CONNECTED, and it says nothing. */
    @Test
    void aLinkWhoseReaderHasDiedIsReplaced() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            FakeWorker worker = startProven(nats, nats.url(), IMPATIENT);
            Publisher first = rig.task.link.currentPublisher();

            poison(nats);
            worker.offer(500);
            awaitReplaced(worker, first, "no answer to a PING");
            worker.drain();

            LinkRig.report(nats, worker).assertOrderedAtLeastOnce();
        }
    }

    @Test
    void anExpiredUserIsReplacedByThatOfTheRenewedFile() throws Exception {
        NatsOperator operator = new NatsOperator();
        Path file = folder.resolve("user.creds");
        Files.writeString(file, operator.user(Duration.ofSeconds(3)).credentials());
        Path admin =
                Files.writeString(folder.resolve("admin.creds"), operator.user().credentials());
        try (NatsServer nats = NatsServer.builder().config(operator.config()).start();
                Connection connection =
                        nats.connect(options -> options.authHandler(Nats.credentials(admin.toString())))) {
            connection.jetStreamManagement().addStream(LinkRig.stream().build());
            FakeWorker worker = rig.start(nats.url(), Map.of("nats.auth.credentials.file", file.toString()));
            worker.feed(1_000);
            worker.drain();

            worker.until("the user's end", PATIENCE, () -> rig.task.link.currentPublisher() == null);
            worker.offer(500);
            worker.until(
                    "its refusal", PATIENCE, () -> rig.task.link.lastFailure().contains("see nats.auth"));
            assertThat(rig.task.link.lastFailure()).doesNotContain("eyJ").doesNotContain("SU");
            replace(file, operator.user().credentials());
            worker.drain();

            assertThat(connection
                            .jetStreamManagement()
                            .getStreamInfo(STREAM)
                            .getStreamState()
                            .getMsgCount())
                    .isEqualTo(1_500);
        }
    }

    @Tag("faults")
    @Test
    void aCertificateThatExpiresAndAnAuthorityThatChangesAreTakenUpWhenRenewed() throws Exception {
        NatsCertificates old = new NatsCertificates(Files.createDirectory(folder.resolve("old")));
        NatsCertificates renewed = new NatsCertificates(Files.createDirectory(folder.resolve("new")));
        Path trusted = folder.resolve("trusted.pem");
        replace(trusted, Files.readString(old.authority()));
        install(old.issue("first", "dns:localhost"));
        String tls = "tls { cert_file: '" + folder.resolve("server.pem") + "', key_file: '"
                + folder.resolve("server.key") + "' }";
        try (NatsServer nats = NatsServer.builder().config(tls).start()) {
            Map<String, String> config =
                    Map.of("nats.ssl.truststore.type", "PEM", "nats.ssl.truststore.location", trusted.toString());
            FakeWorker worker = rig.start("tls://localhost:" + nats.port(), withStream(config));
            worker.feed(1_000);
            worker.drain();

            install(old.issueExpired("second", "dns:localhost"));
            nats.restart();
            worker.offer(500);
            worker.until("an end", PATIENCE, () -> rig.task.link.lastFailure().contains("NotAfter"));
            install(renewed.issue("third", "dns:localhost"));
            nats.restart();
            worker.until("a stranger", PATIENCE, () -> {
                String failure = rig.task.link.lastFailure();
                return failure.contains("PKIX") && !failure.contains("NotAfter");
            });
            assertThat(rig.task.link.lastFailure()).contains("see nats.ssl.*");
            replace(trusted, Files.readString(renewed.authority()));
            worker.drain();
        }
    }

    @Test
    void serversGoAndOthersComeWhichNobodyHasConfigured() throws Exception {
        try (NatsMesh mesh = new NatsMesh()) {
            NatsServer first = mesh.join();
            FakeWorker worker = rig.start(
                    first.url(), Map.of("delivery.guarantee", "best-effort", "nats.connect.timeout.ms", "500"));
            worker.feed(100);
            worker.drain();

            NatsServer second = mesh.join();
            awaitKnown(second, first);
            first.signal("USR2");
            worker.until("a link to the second server", PATIENCE, () -> isLinkedTo(second));
            assertThat(rig.task.link.lastFailure()).contains("shutting down");
            first.kill9();

            NatsServer third = mesh.join();
            awaitKnown(third, second);
            AtomicInteger arrived = new AtomicInteger();
            try (Connection connection = third.connect()) {
                connection
                        .createDispatcher(message -> arrived.incrementAndGet())
                        .subscribe(STREAM);
                connection.flush(Duration.ofSeconds(5));
                second.kill9();
                worker.until("a link to the third server", PATIENCE, () -> isLinkedTo(third));
                worker.feed(100);
                worker.drain();

                await().untilAsserted(() -> assertThat(arrived).hasValue(100));
            }
        }
    }

    /** Who does not trust what servers tell of others leaves them out with a class of three lines. */
    @Test
    void serversThatOthersTellOfCanBeLeftOut() throws Exception {
        try (NatsMesh mesh = new NatsMesh()) {
            NatsServer first = mesh.join();
            NatsServer second = mesh.join();
            awaitKnown(second, first);
            FakeWorker worker = rig.start(
                    first.url(),
                    Map.of(
                            "delivery.guarantee",
                            "best-effort",
                            "connection.customizer",
                            "com.example.jetsink.ConfiguredServersOnly"));
            worker.feed(100);
            worker.drain();

            first.kill9();
            worker.until(
                    "a refusal", PATIENCE, () -> rig.task.link.lastFailure().contains("Connection refused"));

            assertThat(rig.task.link.lastFailure())
                    .contains(first.url())
                    .doesNotContain(Integer.toString(second.port()));
            assertThat(isLinkedTo(second)).isFalse();
        }
    }

    private FakeWorker startProven(NatsServer nats, String url, Map<String, String> more) throws Exception {
        LinkRig.create(nats, LinkRig.stream());
        FakeWorker worker = rig.start(url, more);
        worker.feed(1_000);
        worker.drain();
        return worker;
    }

    private void awaitReplaced(FakeWorker worker, Publisher first, String reason) {
        worker.until("the link to be given up", PATIENCE, () -> rig.task.link.currentPublisher() != first);
        worker.until("the reason", PATIENCE, () -> rig.task.link.lastFailure().contains(reason));
    }

    /** Sends a header to the connector's inbox that no client writes and its own cannot read. */
    private static void poison(NatsServer nats) throws IOException {
        var inbox = INBOX.matcher(nats.monitor("/connz?subs=1"));
        assertThat(inbox.find()).isTrue();
        String header = "NATS/1.0\r\nx: \u00e9\r\n\r\n";
        try (Socket socket = new Socket("127.0.0.1", nats.port())) {
            socket.getOutputStream()
                    .write(("CONNECT {\"verbose\":false,\"headers\":true}\r\nHPUB " + inbox.group() + ".x "
                                    + header.length() + " " + header.length() + "\r\n" + header + "\r\nPING\r\n")
                            .getBytes(ISO_8859_1));
            String said = "";
            while (!said.contains("PONG")) {
                byte[] chunk = new byte[1024];
                int count = socket.getInputStream().read(chunk);
                assertThat(count).as(said).isPositive();
                said += new String(chunk, 0, count, ISO_8859_1);
            }
        }
    }

    /** That the one tells its clients of the other. */
    private static void awaitKnown(NatsServer joined, NatsServer by) {
        await().atMost(PATIENCE).until(() -> by.monitor("/varz").contains("127.0.0.1:" + joined.port()));
    }

    private static boolean isLinkedTo(NatsServer server) {
        try {
            return server.monitor("/connz").contains("\"name\": \"link-0\"");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Map<String, String> withStream(Map<String, String> tls) {
        Map<String, String> config = new HashMap<>(tls);
        config.put("jetstream.stream.create", "true");
        config.put("jetstream.stream.subjects", STREAM);
        return config;
    }

    private void install(Issued certificate) throws IOException {
        Files.copy(certificate.certificate(), folder.resolve("server.pem"), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(certificate.key(), folder.resolve("server.key"), StandardCopyOption.REPLACE_EXISTING);
    }

    /** At once, as whoever renews secrets does. */
    private void replace(Path file, String content) throws IOException {
        Path next = Files.writeString(folder.resolve("next"), content);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
