package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamState;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is found out at the start of a task, before there is a record, on real servers. */
class PreflightIT {
    private static final String STREAM = "orders";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final List<FakeWorker> started = new ArrayList<>();

    @AfterEach
    void stop() {
        started.forEach(FakeWorker::stop);
    }

    /** The probe is a message, which whoever subscribes to its subject sees. */
    @ParameterizedTest
    @EnumSource(NatsBinary.class)
    void asksOnceAndStoresNothing(NatsBinary version) throws Exception {
        try (NatsServer nats = NatsServer.builder().version(version).start();
                Connection connection = nats.connect()) {
            create(connection, StreamConfiguration.builder().name(STREAM).subjects(STREAM));
            Subscription seen = connection.subscribe(STREAM);
            FakeWorker worker = begin(nats, Map.of());

            Message probe = seen.nextMessage(SOON);
            assertThat(probe).isNotNull();
            assertThat(probe.getData()).isEmpty();
            assertThat(probe.getHeaders().getFirst("Nats-Expected-Stream")).isEqualTo("jetsink.preflight");
            worker.until("an epoch", SOON, () -> true);
            assertThat(state(connection).getLastSequence()).isZero();

            worker.feed(10);
            worker.drain();
            assertThat(state(connection).getLastSequence()).isEqualTo(10);
        }
    }

    /** Without it each attempt stores the first record there. The stream cannot be looked up, but answers. */
    @ParameterizedTest
    @CsvSource({"start, 0, 0", "off, 1, 5"})
    void refusesBeforeAnotherStreamGetsARecord(String preflight, long least, long most) throws Exception {
        try (NatsServer nats = server("publish: { deny: [\"$JS.API.>\"] }");
                Connection connection = admin(nats)) {
            create(connection, StreamConfiguration.builder().name("elsewhere").subjects("orders"));
            create(connection, StreamConfiguration.builder().name(STREAM).subjects("orders.>"));

            assertThat(refusal(begin(nats, as("preflight", preflight))))
                    .contains("elsewhere", "jetstream.stream", "subject");
            assertThat(connection
                            .jetStreamManagement()
                            .getStreamInfo("elsewhere")
                            .getStreamState()
                            .getMsgCount())
                    .isBetween(least, most);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "publish   | orders    | may not publish to orders: grant it that, or change subject",
                "subscribe | _INBOX.> | where acks come back: grant it that, or set nats.inbox.prefix",
            })
    void namesAPermissionThatIsMissingBeforeThereIsARecord(String what, String denied, String expected)
            throws Exception {
        try (NatsServer nats = server(what + ": { deny: [\"" + denied + "\"] }");
                Connection connection = admin(nats)) {
            create(connection, StreamConfiguration.builder().name(STREAM).subjects(STREAM));
            FakeWorker worker = begin(nats, as("subject", STREAM));

            assertThatThrownBy(() -> worker.until("a refusal", SOON, () -> false))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining(expected);
            assertThat(state(connection).getLastSequence()).isZero();
        }
    }

    /** What a template can become, the user need not be allowed in full. */
    @Test
    void aGuessThatIsDeniedStopsNothing() throws Exception {
        try (NatsServer nats = server("publish: { allow: [\"orders.0\", \"$JS.API.STREAM.INFO.orders\"] }");
                Connection connection = admin(nats);
                Logged logged = Logged.begin()) {
            create(connection, StreamConfiguration.builder().name(STREAM).subjects("orders.*"));
            FakeWorker worker = begin(nats, as("subject", "orders.${partition}"));
            worker.feed(100);
            worker.drain();

            assertThat(state(connection).getMsgCount()).isEqualTo(100);
            assertThat(Files.readString(nats.logs())).contains("Publish Violation");
            assertThat(logged.lines("nothing answers a message to orders.jetsink-preflight"))
                    .hasSize(1);
            assertThat(logged.lines("no working link")).isEmpty();
        }
    }

    /** What the task fails with. */
    private static String refusal(FakeWorker worker) {
        worker.offer(1);
        String[] said = new String[1];
        assertThatThrownBy(() -> worker.until("a refusal", SOON, () -> false))
                .isInstanceOf(ConnectException.class)
                .satisfies(refused -> said[0] = refused.getMessage());
        return said[0];
    }

    private FakeWorker begin(NatsServer nats, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "orders-to-nats",
                "topics",
                STREAM,
                "nats.servers",
                nats.url(),
                "jetstream.stream",
                STREAM,
                "subject",
                STREAM,
                "publish.mode",
                "async"));
        config.putAll(more);
        FakeWorker worker = new FakeWorker(STREAM, Impatient.task());
        started.add(worker);
        worker.start(config);
        return worker;
    }

    private static Map<String, String> as(String key, String value) {
        return Map.of("nats.auth.username", "some", "nats.auth.password", "some", key, value);
    }

    private static NatsServer server(String permissions) {
        return NatsServer.builder()
                .config("authorization { users: [{ user: admin, password: admin }, { user: some, password: some,"
                        + " permissions: { " + permissions + " } }] }")
                .start();
    }

    private static Connection admin(NatsServer nats) throws Exception {
        return nats.connect(options -> options.userInfo("admin", "admin"));
    }

    private static void create(Connection connection, StreamConfiguration.Builder stream) throws Exception {
        connection.jetStreamManagement().addStream(stream.build());
    }

    private static StreamState state(Connection connection) throws Exception {
        return connection.jetStreamManagement().getStreamInfo(STREAM).getStreamState();
    }
}
