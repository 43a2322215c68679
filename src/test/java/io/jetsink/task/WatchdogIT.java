package io.jetsink.task;

import static io.jetsink.task.TaskRig.PATIENCE;
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
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Links that look well and are not, or that time has overtaken: each ends in a new one, and no task stands still. */
class WatchdogIT {
    /** Three times the one is more than the one and the two seconds that a PING is given. */
    private static final Map<String, String> IMPATIENT = Map.of(
            "publish.mode", "async",
            "publish.ack.timeout.ms", "1200",
            "nats.connect.timeout.ms", "500");

    private static final Pattern INBOX = Pattern.compile("_INBOX\\.[A-Za-z0-9]+");

    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("orders");

    @TempDir
    private Path folder;

    @Test
    void acksThatStayAwayEndALinkThoughTheServerAnswersPings() throws Exception {
        rig.serve("");
        FaultProxy proxy = rig.proxy();
        FakeWorker worker = startProven(proxy.url());
        Publisher first = rig.link().currentPublisher();

        proxy.dropAnswers(true);
        worker.offer(500);
        awaitReplaced(first, "no ack for 3600 ms");
        proxy.dropAnswers(false);
        worker.drain();

        assertThat(proxy.dropped()).isPositive();
        rig.report().assertOrderedAtLeastOnce();
    }

    /** As jnats 2.26.2 does at a header that is not ASCII: its status stays CONNECTED, and it logs nothing. */
    @Test
    void aLinkWhoseReaderHasDiedIsReplaced() throws Exception {
        rig.serve("");
        FakeWorker worker = startProven(rig.nats.url());
        Publisher first = rig.link().currentPublisher();

        poison(rig.nats);
        worker.offer(500);
        awaitReplaced(first, "no answer to a PING");
        worker.drain();

        rig.report().assertOrderedAtLeastOnce();
    }

    @Test
    void anExpiredUserIsReplacedByThatOfTheRenewedFile() throws Exception {
        NatsOperator operator = new NatsOperator();
        Path file = folder.resolve("user.creds");
        Files.writeString(file, operator.user(Duration.ofSeconds(3)).credentials());
        Path admin =
                Files.writeString(folder.resolve("admin.creds"), operator.user().credentials());
        rig.serve(operator.config());
        try (Connection connection =
                rig.nats.connect(options -> options.authHandler(Nats.credentials(admin.toString())))) {
            connection.jetStreamManagement().addStream(rig.stream().build());
            FakeWorker worker =
                    rig.start("nats.auth.credentials.file", file.toString()).settle(1_000);

            worker.until("the user's end", PATIENCE, () -> rig.link().currentPublisher() == null);
            worker.offer(500);
            rig.untilFailed("see nats.auth");
            assertThat(rig.link().lastFailure()).doesNotContain("eyJ").doesNotContain("SU");
            replace(file, operator.user().credentials());
            worker.drain();

            assertThat(connection
                            .jetStreamManagement()
                            .getStreamInfo(rig.name)
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
        rig.serve(tls);
        rig.with("nats.ssl.truststore.type", "PEM", "nats.ssl.truststore.location", trusted.toString())
                .with("jetstream.stream.create", "true", "jetstream.stream.subjects", rig.name);
        FakeWorker worker = rig.start("nats.servers", "tls://localhost:" + rig.nats.port());
        worker.settle(1_000);

        install(old.issueExpired("second", "dns:localhost"));
        rig.nats.restart();
        worker.offer(500);
        rig.untilFailed("NotAfter");
        install(renewed.issue("third", "dns:localhost"));
        rig.nats.restart();
        worker.until("a stranger", PATIENCE, () -> {
            String failure = rig.link().lastFailure();
            return failure.contains("PKIX") && !failure.contains("NotAfter");
        });
        assertThat(rig.link().lastFailure()).contains("see nats.ssl.*");
        replace(trusted, Files.readString(renewed.authority()));
        worker.drain();
    }

    @Test
    void serversGoAndOthersComeWhichNobodyHasConfigured() throws Exception {
        try (NatsMesh mesh = new NatsMesh()) {
            NatsServer first = mesh.join();
            rig.with("nats.servers", first.url(), "mode", "best-effort");
            FakeWorker worker = rig.start("nats.connect.timeout.ms", "500").settle(100);

            NatsServer second = mesh.join();
            awaitKnown(second, first);
            first.signal("USR2");
            worker.until("a link to the second server", PATIENCE, () -> isLinkedTo(second));
            assertThat(rig.link().lastFailure()).contains("shutting down");
            first.kill9();

            NatsServer third = mesh.join();
            awaitKnown(third, second);
            AtomicInteger arrived = new AtomicInteger();
            try (Connection connection = third.connect()) {
                connection
                        .createDispatcher(message -> arrived.incrementAndGet())
                        .subscribe(rig.name);
                connection.flush(Duration.ofSeconds(5));
                second.kill9();
                worker.until("a link to the third server", PATIENCE, () -> isLinkedTo(third));
                worker.settle(100);

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
            rig.with("nats.servers", first.url(), "mode", "best-effort");
            FakeWorker worker = rig.start("connection.customizer", "com.example.jetsink.ConfiguredServersOnly");
            worker.settle(100);

            first.kill9();
            rig.untilFailed("Connection refused");

            assertThat(rig.link().lastFailure()).contains(first.url()).doesNotContain(Integer.toString(second.port()));
            assertThat(isLinkedTo(second)).isFalse();
        }
    }

    private FakeWorker startProven(String url) {
        rig.create(rig.stream());
        FakeWorker worker = rig.with("nats.servers", url).start(IMPATIENT);
        worker.settle(1_000);
        return worker;
    }

    private void awaitReplaced(Publisher first, String reason) {
        rig.worker.until("the link to be given up", PATIENCE, () -> rig.link().currentPublisher() != first);
        rig.untilFailed(reason);
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
            return server.monitor("/connz").contains("\"name\": \"orders\"");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
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
