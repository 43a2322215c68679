package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream that never acks ({@code no_ack}): its first record would be stored again and again. */
class NoAckIT {
    private static final String STREAM = "orders";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String USERS = "authorization { users: [{ user: admin, password: admin }, { user: bridge,"
            + " password: bridge, permissions: { publish: { deny: [\"$JS.API.>\"] } } }] }";
    private static NatsServer nats;

    private final List<FakeWorker> started = new ArrayList<>();

    @BeforeAll
    static void start() {
        nats = NatsServer.builder().config(USERS).start();
    }

    @AfterAll
    static void stop() {
        nats.close();
    }

    @AfterEach
    void clean() throws Exception {
        started.forEach(FakeWorker::stop);
        try (Connection connection = connect()) {
            connection.jetStreamManagement().deleteStream(STREAM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "fast", "async", "sync"})
    void isRefusedBeforeAnythingIsStoredWithTheCommandThatMendsIt(String mode) throws Exception {
        create(true);
        FakeWorker refused = begin("admin", mode);
        refused.offer(100);
        assertThatThrownBy(() -> refused.until("a refusal", SOON, () -> false))
                .isInstanceOf(ConnectException.class)
                .hasMessage("delivery.guarantee=at-least-once: stream orders has no_ack and does not report what it has"
                        + " stored: run nats stream edit orders --ack");
        assertThat(stored()).isZero();

        // What the nats command line makes of the option.
        try (Connection connection = connect()) {
            connection.jetStreamManagement().updateStream(stream().noAck(false).build());
        }
        FakeWorker worker = begin("admin", mode);
        worker.feed(100);
        worker.drain();
        assertThat(stored()).isEqualTo(100);
    }

    /** Whether the stream acks is then found out by its acks. */
    @ParameterizedTest
    @ValueSource(strings = {"async", "sync"})
    void isNotLookedForByAUserWhoMayNotAsk(String mode) throws Exception {
        create(false);
        FakeWorker worker = begin("bridge", mode);
        worker.feed(100);
        worker.drain(SOON);

        assertThat(stored()).isEqualTo(100);
    }

    @Test
    void doesNotMatterToBestEffort() throws Exception {
        create(true);
        FakeWorker worker = begin("admin", "async", "delivery.guarantee", "best-effort");
        worker.feed(100);
        worker.drain();

        worker.until("all to be stored", SOON, () -> stored() == 100);
    }

    private FakeWorker begin(String user, String mode, String... more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name", "orders",
                "topics", STREAM,
                "nats.servers", nats.url(),
                "nats.auth.username", user,
                "nats.auth.password", user,
                "jetstream.stream", STREAM,
                "publish.mode", mode));
        for (int i = 0; i < more.length; i += 2) {
            config.put(more[i], more[i + 1]);
        }
        FakeWorker worker = new FakeWorker(STREAM, Impatient.task());
        started.add(worker);
        worker.start(config);
        return worker;
    }

    private static void create(boolean noAck) throws Exception {
        try (Connection connection = connect()) {
            connection.jetStreamManagement().addStream(stream().noAck(noAck).build());
        }
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder().name(STREAM).subjects(STREAM).allowBatched();
    }

    private static long stored() {
        try (Connection connection = connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(STREAM)
                    .getStreamState()
                    .getMsgCount();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Connection connect() throws Exception {
        return nats.connect(options -> options.userInfo("admin", "admin"));
    }
}
