package io.jetsink.nats;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.jetsink.config.TlsSettings;
import io.jetsink.nats.ConnectFailedException.Reason;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsCertificates;
import io.jetsink.support.nats.NatsCertificates.Issued;
import io.jetsink.support.nats.NatsServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;
import org.apache.kafka.common.config.types.Password;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NatsTlsIT {
    private static final Password PASSWORD = new Password(NatsCertificates.PASSWORD);

    @TempDir
    private static Path folder;

    private static NatsCertificates certificates;
    private static Path authority;
    private static Path trustStore;
    private static Issued localhost;
    private static Issued elsewhere;
    private static Issued byAddress;
    private static Issued stranger;
    private static Issued client;

    private final Heard heard = new Heard();

    @BeforeAll
    static void issueCertificates() throws Exception {
        certificates = new NatsCertificates(folder);
        authority = certificates.authority();
        trustStore = certificates.trustStore();
        localhost = certificates.issue("localhost", "dns:localhost");
        elsewhere = certificates.issue("elsewhere", "dns:elsewhere.example");
        byAddress = certificates.issue("address", "ip:127.0.0.1");
        stranger = certificates.selfSigned("stranger", "dns:localhost,ip:127.0.0.1");
        client = certificates.issue("client", "dns:client.example");
    }

    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void connectsToANameThatTheCertificateIsFor(NatsBinary version) throws Exception {
        try (var server =
                NatsServer.builder().version(version).config(tls(localhost, "")).start()) {
            assertConnects(trusting(), "tls://localhost:" + server.port());
            assertConnects(trusting(), "nats://localhost:" + server.port());
        }
    }

    @Test
    void connectsToAnAddressThatTheCertificateIsFor() throws Exception {
        try (var server = secured(byAddress)) {
            assertConnects(trusting(), "tls://127.0.0.1:" + server.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1"})
    void refusesACertificateThatIsForSomebodyElse(String host) throws Exception {
        try (var server = secured(elsewhere)) {
            assertFails(trusting(), "tls://" + host + ":" + server.port(), host);
        }
    }

    @Test
    void refusesANameWhereTheCertificateIsForTheAddress() throws Exception {
        try (var server = secured(byAddress)) {
            assertFails(trusting(), "tls://localhost:" + server.port(), "localhost");
        }
    }

    @Test
    void takesACertificateForSomebodyElseWhereNamesAreNotVerified() throws Exception {
        try (var server = secured(elsewhere)) {
            assertConnects(settings(stores(), false, false), "tls://localhost:" + server.port());
        }
    }

    @Test
    void aWildcardStandsForOneLabel() throws Exception {
        var wild = certificates.issue("wild", "dns:*.nats.example.com");
        try (var server =
                NatsServer.builder().config(tls(wild, "handshake_first: true")).start()) {
            shakeHands(server, "a.nats.example.com");

            for (var other : List.of("nats.example.com", "a.b.nats.example.com", "a.nats.example.org", "127.0.0.1")) {
                assertThrown(SSLHandshakeException.class, () -> shakeHands(server, other), other);
            }
        }
    }

    private static void shakeHands(NatsServer server, String host) throws Exception {
        var tls = Objects.requireNonNull(TlsContext.read(trusting()));
        var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        try (socket) {
            tls.handshake(socket, host, server.port()).close();
        }
    }

    @Test
    void refusesWhatHasExpired() throws Exception {
        try (var server = secured(certificates.issueExpired("expired", "dns:localhost"))) {
            assertFails(trusting(), "tls://localhost:" + server.port(), "NotAfter");
            assertFails(settings(stores(), false, false), "tls://localhost:" + server.port(), "NotAfter");
        }
    }

    @Test
    void refusesAnAuthorityThatHasExpired(@TempDir Path other) throws Exception {
        var old = NatsCertificates.ofExpiredAuthority(other);
        try (var server = secured(old.issue("young", "dns:localhost"))) {
            var url = "tls://localhost:" + server.port();
            var expired = "the CA of the server's certificate has expired";
            assertFails(pemTrust(old.authority()), url, expired);
            // One that is valid does not make up for it.
            var both = Files.writeString(
                    other.resolve("both.pem"), Files.readString(old.authority()) + Files.readString(authority));
            assertFails(pemTrust(both), url, expired);
            try (var renewed = secured(localhost)) {
                assertConnects(pemTrust(both), "tls://localhost:" + renewed.port());
            }
        }
    }

    @Test
    void refusesACertificateThatNobodyVouchesFor() throws Exception {
        try (var server = secured(stranger)) {
            assertFails(trusting(), "tls://localhost:" + server.port(), "PKIX path building failed");
            assertFails(settings(stores(), false, false), "tls://localhost:" + server.port(), "PKIX");
        }
    }

    @Test
    void trustsWhatTheJvmTrustsWhereNoStoreIsConfigured() throws Exception {
        try (var server = secured(localhost)) {
            assertFails(settings(Map.of(), true, false), "tls://localhost:" + server.port(), "PKIX");
        }
    }

    @Test
    void verifiesADiscoveredAddressAgainstTheConfiguredName() throws Exception {
        try (var good = secured(localhost);
                var bad = secured(elsewhere)) {
            var connector = Settings.connector(Settings.with(Settings.NO_AUTH, trusting(), "tls://localhost:1"));

            try (var link = connector.connect(List.of("tls://127.0.0.1:" + good.port()), () -> heard)) {
                assertThat(link.server()).endsWith(":" + good.port());
            }
            Settings.assertFails(
                    Reason.TLS, () -> connector.connect(List.of("tls://127.0.0.1:" + bad.port()), () -> heard));
        }
    }

    @Test
    void provesWhoItIsOutOfEveryKindOfStore() throws Exception {
        try (var server = NatsServer.builder()
                .config(tls(localhost, "ca_file: '" + authority + "', verify: true"))
                .start()) {
            var url = "tls://localhost:" + server.port();

            assertConnects(settings(keyStore("PKCS12", client.pkcs12()), true, false), url);
            assertConnects(settings(keyStore("JKS", client.jks()), true, false), url);
            assertConnects(settings(pem(), true, false), url);
            assertFails(trusting(), url, "");
            assertThat(heard.lost).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(value = NatsBinary.class, mode = EnumSource.Mode.EXCLUDE, names = "V2_9")
    void shakesHandsFirstWhereTheServerWaitsForIt(NatsBinary version) throws Exception {
        try (var server = NatsServer.builder()
                .version(version)
                .config(tls(localhost, "handshake_first: true"))
                .start()) {
            assertConnects(settings(stores(), true, true), "tls://localhost:" + server.port());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void offersTheConfiguredProtocolOnly(String protocol) throws Exception {
        try (var server = secured(localhost)) {
            var configs = stores();
            configs.put("ssl.enabled.protocols", List.of(protocol));

            try (var link = connect(settings(configs, true, false), "tls://localhost:" + server.port())) {
                link.connection().flush(Duration.ofSeconds(5));
                assertThat(server.monitor("/connz")).contains("\"tls_version\": \"" + protocol.substring(4) + "\"");
            }
        }
    }

    @Test
    void storesAreReadAgainForEachConnection() throws Exception {
        var store = folder.resolve("rotating.p12");
        var configs = stores();
        configs.put("ssl.truststore.location", store.toString());
        try (var server = secured(localhost)) {
            var connector = Settings.connector(Settings.with(
                    Settings.NO_AUTH, settings(configs, true, false), "tls://localhost:" + server.port()));
            Files.copy(stranger.pkcs12(), store);
            Settings.assertFails(Reason.TLS, () -> connector.connect(List.of(), () -> heard));

            Files.copy(trustStore, store, StandardCopyOption.REPLACE_EXISTING);

            try (var link = connector.connect(List.of(), () -> heard)) {
                link.connection().flush(Duration.ofSeconds(5));
            }
        }
    }

    @Test
    void aStoreThatCannotBeReadIsNamedWithoutItsPassword() {
        var configs = stores();
        configs.put("ssl.truststore.location", "/no/such/store");

        Settings.assertFails(Reason.SETTINGS, () -> connect(settings(configs, true, false), "tls://localhost:1"))
                .hasMessageContainingAll("/no/such/store", "nats.ssl.*")
                .hasMessageNotContaining(NatsCertificates.PASSWORD);
    }

    @Test
    void aStoreIsNotOpenedWithAWrongPasswordWhichIsNotShown() {
        var configs = stores();
        configs.put("ssl.truststore.password", new Password("not-that-one"));

        assertUnusable(settings(configs, true, false))
                .hasMessageNotContaining("not-that-one")
                .hasMessageNotContaining(NatsCertificates.PASSWORD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "junk", "-----BEGIN CERTIFICATE-----\njunk\n-----END CERTIFICATE-----\n"})
    void pemWithJunkInItIsRefusedWithoutShowingIt(String junk) throws Exception {
        var file = Files.writeString(folder.resolve("junk.pem"), junk);

        assertUnusable(pemTrust(file)).hasMessageNotContaining("junk\n");
    }

    @Test
    void whatBecameOfAStoreIsNoMatterOfWaiting(@TempDir Path other) throws Exception {
        var fifo = other.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor())
                .isZero();
        var sparse = other.resolve("sparse");
        try (var file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(1L << 30);
        }

        for (var path : List.of(fifo, Path.of("/dev/zero"), sparse, other)) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(5),
                    () -> assertUnusable(pemTrust(path)).hasMessageContaining("nats.ssl.truststore.location"));
        }
    }

    @Test
    void saysWhenOneSideOnlyWantsTls() throws Exception {
        try (var plain = NatsServer.start();
                var secured = secured(localhost)) {
            assertFails(trusting(), "tls://localhost:" + plain.port(), "the server does not support it");
            assertFails(Settings.NO_TLS, "nats://localhost:" + secured.port(), "the server requires TLS");
        }
    }

    @Test
    void webSocketsAreVerifiedToo() throws Exception {
        var block = "websocket { port: %d, tls { cert_file: '%s', key_file: '%s' } }";
        try (var good = NatsServer.builder()
                        .config(block.formatted(-1, localhost.certificate(), localhost.key()))
                        .start();
                var bad = NatsServer.builder()
                        .config(block.formatted(-1, elsewhere.certificate(), elsewhere.key()))
                        .start()) {
            assertConnects(trusting(), "wss://localhost:" + webSocketPort(good));
            assertFails(trusting(), "wss://localhost:" + webSocketPort(bad), "localhost");
        }
    }

    @Test
    void whatIsSentBeforeTheHandshakeIsNotTakenForSecured() throws Exception {
        try (var smuggling = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var served = CompletableFuture.runAsync(() -> {
                try (var accepted = smuggling.accept()) {
                    accepted.getOutputStream()
                            .write("INFO {\"proto\":1,\"tls_required\":true}\r\nPING\r\n"
                                    .getBytes(StandardCharsets.UTF_8));
                    accepted.getInputStream().read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });

            assertFails(
                    trusting(),
                    "tls://127.0.0.1:" + smuggling.getLocalPort(),
                    "the server sent data before the TLS handshake");
            assertThat(served)
                    .failsWithin(Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withMessageContaining("reset");
        }
    }

    @Test
    void aWebSocketWithoutTlsIsRefusedWhereTlsIsConfigured() {
        assertThrown(ConnectFailedException.class, () -> connect(trusting(), "ws://localhost:1"), "wss://");
    }

    @Test
    void closingASecureConnectionComesToItsEndAndLeavesNoThread() throws Exception {
        try (var server = secured(localhost)) {
            var link = connect(trusting(), "tls://localhost:" + server.port());

            assertThat(CompletableFuture.runAsync(link::close)).succeedsWithin(Duration.ofSeconds(10));

            await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.startsWith("test-0-nats-")));
            assertThat(heard.clientErrors).isEmpty();
        }
    }

    private static int webSocketPort(NatsServer server) throws Exception {
        var log = Files.readString(server.logs());
        var found = Pattern.compile("websocket clients on wss://[^:]*:(\\d+)").matcher(log);
        assertThat(found.find()).as(log).isTrue();
        return Integer.parseInt(found.group(1));
    }

    private void assertConnects(TlsSettings tls, String url) throws Exception {
        try (var link = connect(tls, url)) {
            link.connection().flush(Duration.ofSeconds(5));
        }
    }

    private void assertFails(TlsSettings tls, String url, String text) {
        // By what is wrong, and not by waiting for longer than nats.connect.timeout.ms, which has another reason.
        Settings.assertFails(Reason.TLS, () -> connect(tls, url)).hasMessageContainingAll(url, text, "nats.ssl.*");
    }

    private AbstractThrowableAssert<?, ? extends Throwable> assertUnusable(TlsSettings tls) {
        return Settings.assertFails(Reason.SETTINGS, () -> connect(tls, "tls://localhost:1"))
                .hasMessageContaining("nats.ssl.*");
    }

    private OpenConnection connect(TlsSettings tls, String url) throws Exception {
        return Settings.connector(Settings.with(Settings.NO_AUTH, tls, url)).connect(List.of(), () -> heard);
    }

    private static NatsServer secured(Issued certificate) {
        return NatsServer.builder().config(tls(certificate, "")).start();
    }

    private static String tls(Issued certificate, String more) {
        return "tls { cert_file: '" + certificate.certificate() + "', key_file: '" + certificate.key() + "', " + more
                + " }";
    }

    private static TlsSettings trusting() {
        return settings(stores(), true, false);
    }

    private static TlsSettings settings(Map<String, Object> configs, boolean verifyHostname, boolean tlsFirst) {
        return new TlsSettings(configs, true, verifyHostname, tlsFirst);
    }

    private static Map<String, Object> stores() {
        var configs = new HashMap<String, Object>();
        configs.put("ssl.truststore.type", "PKCS12");
        configs.put("ssl.truststore.location", trustStore.toString());
        configs.put("ssl.truststore.password", PASSWORD);
        return configs;
    }

    private static Map<String, Object> keyStore(String type, Path location) {
        var configs = stores();
        configs.put("ssl.keystore.type", type);
        configs.put("ssl.keystore.location", location.toString());
        configs.put("ssl.keystore.password", PASSWORD);
        configs.put("ssl.key.password", PASSWORD);
        return configs;
    }

    private static TlsSettings pemTrust(Path authorities) {
        return settings(
                Map.of("ssl.truststore.type", "PEM", "ssl.truststore.location", authorities.toString()), true, false);
    }

    private static Map<String, Object> pem() throws Exception {
        var configs = new HashMap<String, Object>();
        configs.put("ssl.truststore.type", "PEM");
        configs.put("ssl.truststore.certificates", new Password(Files.readString(authority)));
        configs.put("ssl.keystore.type", "PEM");
        configs.put("ssl.keystore.certificate.chain", new Password(Files.readString(client.certificate())));
        configs.put("ssl.keystore.key", new Password(Files.readString(client.key())));
        return configs;
    }
}
