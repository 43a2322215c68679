package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.JetStreamSinkConnector;
import io.jetsink.support.nats.NatsCertificates;
import io.jetsink.support.nats.NatsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.config.ConfigValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code preflight=validate}: what a live server has against a configuration, at the key to change. */
class LiveValidationIT {
    private static final String SECRET = "c4n4ry-s3cr3t";
    private static final String USERS = """
            authorization { users: [
              { user: all, password: all }
              { user: mute, password: mute, permissions: { publish: { deny: [orders] } } }
              { user: deaf, password: deaf, permissions: { subscribe: { deny: ["_INBOX.>"] } } }
              { user: plain, password: plain, permissions: { publish: { deny: ["orders.*"] } } }
              { user: blind, password: blind, permissions: { publish: { deny: ["$JS.API.>"] } } }
              { user: lost, password: lost, permissions: { publish: { deny: ["$JS.API.>", "orders.*"] } } }
            ] }
            """;

    @RegisterExtension
    final TaskRig rig = new TaskRig("ORDERS")
            .serverConfig(USERS)
            .as("all")
            .with("name", "orders", "topics", "orders", "subject", "orders", "preflight", "validate")
            .with("nats.auth.username", "all", "nats.auth.password", "all");

    /** Those of the latest validation. */
    private final List<String> warnings = new ArrayList<>();

    @BeforeEach
    void create() {
        rig.create(rig.stream("orders", "orders.eu"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "auto"})
    void aGoodConfigurationHasNothingWrongAndNothingIsStored(String mode) throws Exception {
        assertThat(errors("publish.mode", mode)).isEmpty();
        assertThat(errors("publish.mode", mode, "jetstream.stream", "")).isEmpty();
        assertThat(errors("delivery.guarantee", "best-effort")).isEmpty();

        long last = rig.ask(
                streams -> streams.getStreamInfo(rig.name).getStreamState().getLastSequence());
        assertThat(last).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jetstream.stream | OTHER | jetstream.stream | there is no stream OTHER",
                "subject | audit | subject | stream ORDERS captures none of the subjects audit",
                "delivery.guarantee | exactly-once | delivery.guarantee | --allow-batch --allow-rollup --subjects=",
                "publish.mode | fast | publish.mode | nats stream edit ORDERS --allow-fast",
                "message.ttl.ms | 1000 | message.ttl.ms | nats stream edit ORDERS --allow-msg-ttl",
                "message.ttl.header | ttl | message.ttl.header | nats stream edit ORDERS --allow-msg-ttl",
                "nats.auth.username | mute | subject | may not publish to orders",
                "nats.auth.username | deaf | nats.inbox.prefix | may not subscribe to _INBOX.",
            })
    void errorsAreAtTheKeyThatHasToChange(String key, String value, String errorKey, String says) {
        Map<String, String> errors =
                key.equals("nats.auth.username") ? errors(key, value, "nats.auth.password", value) : errors(key, value);

        assertThat(errors).containsOnlyKeys(errorKey);
        assertThat(errors.get(errorKey)).contains(says);
    }

    /** In all modes: a lookup of the stream without an answer is no error in these. */
    @ParameterizedTest
    @ValueSource(strings = {"orders", "orders.${key}"})
    void aRefusedInboxIsAnErrorWithoutFurtherWarnings(String subject) {
        for (String mode : List.of("auto", "async", "sync")) {
            Map<String, String> errors = errors(
                    "nats.auth.username",
                    "deaf",
                    "nats.auth.password",
                    "deaf",
                    "publish.mode",
                    mode,
                    "subject",
                    subject);

            assertThat(errors).containsOnlyKeys("nats.inbox.prefix");
            assertThat(errors.get("nats.inbox.prefix")).startsWith("[JS-3003] ");
            assertThat(warnings).isEmpty();
        }
    }

    @Test
    void aSubjectThatPreflightHasGeneratedIsOnlyAWarning() throws Exception {
        rig.update(rig.stream("orders", "orders.*"));

        assertThat(errors("nats.auth.username", "plain", "nats.auth.password", "plain", "subject", "orders.${key}"))
                .isEmpty();
        assertThat(warnings)
                .containsExactly("subject: [JS-3002] the user of nats.auth.* may not publish to"
                        + " orders.jetsink-preflight: grant it that, or change subject or the user");
    }

    /** The two permissions are missing at once. */
    @Test
    void aGeneratedSubjectIsAlsoCheckedIfTheStreamCannotBeLookedUp() {
        assertThat(errors("nats.auth.username", "lost", "nats.auth.password", "lost", "subject", "orders.${key}"))
                .isEmpty();
        assertThat(warnings)
                .containsExactlyInAnyOrder(
                        "nats.auth.username: [JS-3004] the user of nats.auth.* may not publish to"
                                + " $JS.API.STREAM.INFO.ORDERS: grant it that, or change the user",
                        "subject: [JS-3002] the user of nats.auth.* may not publish to orders.jetsink-preflight:"
                                + " grant it that, or change subject or the user");
    }

    @Test
    void tellsOfSubjectsThatNoStreamTakes() {
        assertThat(errors("jetstream.stream", "", "subject", "audit"))
                .hasSize(1)
                .containsEntry(
                        "subject",
                        "[JS-4002] no stream captures the subjects audit: create one, or change subject, or the subjects of the"
                                + " intended stream");
    }

    @Test
    void tellsOfABucketThatIsMissing() {
        Map<String, String> errors = errors("jetstream.stream", "", "subject", "", "target", "kv", "kv.bucket", "p");

        assertThat(errors).containsOnlyKeys("kv.bucket");
        assertThat(errors.get("kv.bucket")).contains("there is no bucket p: create it with nats kv add p");
    }

    @Test
    void tellsOfAUserWhoMayNotLookWhereThatIsNeeded() {
        assertThat(errors("nats.auth.username", "blind", "nats.auth.password", "blind"))
                .isEmpty();
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("nats.auth.username: [JS-3004] ")
                .contains("may not publish to $JS.API.STREAM.INFO.ORDERS");

        Map<String, String> errors =
                errors("nats.auth.username", "blind", "nats.auth.password", "blind", "publish.mode", "fast");
        assertThat(errors).containsOnlyKeys("nats.auth.username");
        assertThat(errors.get("nats.auth.username")).contains("may not publish to $JS.API.STREAM.INFO.ORDERS");
    }

    /** Whether it will be created, and by whom, is not for a validation to try. */
    @Test
    void createsNothing() throws Exception {
        assertThat(errors("jetstream.stream", "NEW", "subject", "new", "jetstream.stream.create", "true"))
                .isEmpty();
        assertThat(errors(
                        "jetstream.stream", "",
                        "subject", "",
                        "target", "kv",
                        "kv.bucket", "new",
                        "kv.bucket.create", "true"))
                .isEmpty();

        assertThat(rig.streams()).containsExactly(rig.name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nats.auth.username", "nats.auth.token", "nats.auth.nkey.seed"})
    void tellsOfRefusedCredentialsWithoutThem(String key) {
        String password = key.equals("nats.auth.username") ? SECRET : "";
        // A seed that is well formed and nobody's.
        String value = key.endsWith("seed") ? "SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU" : SECRET;

        Map<String, String> errors = errors("nats.auth.username", "", "nats.auth.password", password, key, value);

        assertThat(errors).containsOnlyKeys(key);
        assertThat(errors.get(key)).contains("Authorization Violation").doesNotContain(SECRET, "SUAMLK");
    }

    @Test
    void tellsOfAServerThatCannotBeReached() throws Exception {
        int closed;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed = socket.getLocalPort();
        }
        Map<String, String> errors = errors("nats.servers", "nats://127.0.0.1:" + closed);

        assertThat(errors).containsOnlyKeys("nats.servers");
        assertThat(errors.get("nats.servers")).contains("Connection refused");
    }

    /** All of them together, as one. */
    @Test
    void waitsForServersThatAreSilentNoLongerThanForOne() throws Exception {
        try (Listening silent = new Listening();
                Listening too = new Listening();
                Listening three = new Listening()) {
            Map<String, String> errors = errors(
                    "nats.servers",
                    String.join(",", silent.url(), too.url(), three.url()),
                    "nats.connect.timeout.ms",
                    "1000");

            assertThat(errors).containsOnlyKeys("nats.servers");
            assertThat(errors.get("nats.servers"))
                    .contains("no server of nats.servers could be connected to within nats.connect.timeout.ms");
        }
    }

    /** Whoever may validate a configuration could otherwise have the worker knock at any door. */
    @ParameterizedTest
    @CsvSource({"start, 0", "off, 0", "'', 0", "validate, 1"})
    void opensNoSocketUnlessItIsToldTo(String preflight, int connections) throws Exception {
        try (Listening server = new Listening()) {
            errors("preflight", preflight, "nats.servers", server.url(), "nats.connect.timeout.ms", "500");

            assertThat(server.connections()).isEqualTo(connections);
        }
    }

    /** What no form shows: the error is at the key of the store that it is about. */
    @Test
    void aTlsProblemIsAtTheKeyOfItsStore(@TempDir Path folder) throws Exception {
        NatsCertificates certificates = new NatsCertificates(folder);
        NatsCertificates.Issued server = certificates.issue("server", "dns:localhost");
        NatsCertificates.Issued client = certificates.issue("client", "dns:client");
        NatsCertificates.Issued stranger = certificates.selfSigned("stranger", "dns:stranger");
        String block = "tls { cert_file: '%s', key_file: '%s', ca_file: '%s', verify: true }"
                .formatted(server.certificate(), server.key(), certificates.authority());
        try (NatsServer secured = NatsServer.builder().config(block).start()) {
            rig.with("nats.servers", "tls://localhost:" + secured.port())
                    .with("nats.ssl.truststore.type", "PKCS12", "nats.ssl.keystore.type", "PKCS12")
                    .with(
                            "nats.ssl.truststore.location",
                            certificates.trustStore().toString())
                    .with("nats.ssl.truststore.password", NatsCertificates.PASSWORD)
                    .with("nats.ssl.keystore.location", client.pkcs12().toString())
                    .with("nats.ssl.keystore.password", NatsCertificates.PASSWORD);

            assertThat(tls()).doesNotContainKeys("nats.ssl.keystore.location", "nats.ssl.truststore.location");
            assertThat(tls("nats.ssl.keystore.password", SECRET)).containsOnlyKeys("nats.ssl.keystore.location");
            assertThat(tls("nats.ssl.truststore.password", SECRET)).containsOnlyKeys("nats.ssl.truststore.location");
            assertThat(tls("nats.ssl.protocol", "nothing")).containsOnlyKeys("nats.ssl.protocol");
            assertThat(tls("nats.ssl.truststore.location", stranger.pkcs12().toString()))
                    .containsOnlyKeys("nats.ssl.truststore.location");
            assertThat(tls("nats.ssl.keystore.location", stranger.pkcs12().toString()))
                    .containsOnlyKeys("nats.ssl.keystore.location");
            assertThat(tls("nats.servers", "tls://127.0.0.1:" + secured.port())).containsOnlyKeys("nats.servers");
        }
    }

    private Map<String, String> tls(String... changes) {
        Map<String, String> errors = errors(changes);
        assertThat(errors.values()).allSatisfy(error -> assertThat(error).doesNotContain(SECRET));
        return errors;
    }

    @Test
    void asksNoServerAboutWhatIsWrongInItself() throws Exception {
        try (Listening server = new Listening()) {
            assertThat(errors("nats.servers", server.url(), "subject", "orders.*"))
                    .containsOnlyKeys("subject");

            assertThat(server.connections()).isZero();
        }
    }

    /** With these keys set, or left out where the value is empty. */
    private Map<String, String> errors(String... changes) {
        Map<String, String> config = rig.config(TaskRig.pairs(changes));
        Map<String, String> errors = new TreeMap<>();
        warnings.clear();
        for (ConfigValue value : new JetStreamSinkConnector()
                .validate(config, (key, warning) -> warnings.add(key + ": " + warning.coded()))
                .configValues()) {
            List<String> messages = value.errorMessages();
            if (!messages.isEmpty()) {
                errors.put(value.name(), String.join("\n", messages));
            }
        }
        return errors;
    }

    /** Takes connections, counts them, and says nothing. */
    private static final class Listening implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final AtomicInteger connections = new AtomicInteger();
        private final Thread thread = new Thread(this::accept, "listening");

        Listening() throws IOException {
            thread.setDaemon(true);
            thread.start();
        }

        String url() {
            return "nats://127.0.0.1:" + socket.getLocalPort();
        }

        /** Those until now: one of its own is the last to be taken. */
        int connections() throws IOException, InterruptedException {
            try (Socket last = new Socket(socket.getInetAddress(), socket.getLocalPort())) {
                assertThat(last.isConnected()).isTrue();
                org.awaitility.Awaitility.await("the last connection to be taken")
                        .until(() -> connections.get() > 0);
            }
            close();
            thread.join();
            return connections.get() - 1;
        }

        private void accept() {
            try {
                while (true) {
                    Socket taken = socket.accept();
                    connections.incrementAndGet();
                    taken.setSoTimeout(60_000);
                }
            } catch (IOException closed) {
                assertThat(socket.isClosed()).isTrue();
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
