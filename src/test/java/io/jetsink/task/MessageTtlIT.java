package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code message.ttl.ms} and {@code message.ttl.header}: messages that go, and streams that keep none of their own. */
class MessageTtlIT extends OneServer {
    private static final String STREAM = "orders";
    private static final String KEYS = "message.ttl.ms, message.ttl.header: ";
    private static final Duration SOON = Duration.ofSeconds(30);

    @ParameterizedTest
    @CsvSource({
        "at-least-once, fast",
        "at-least-once, async",
        "exactly-once, auto",
    })
    void aMessageGoesWhenItsTimeHasCome(String guarantee, String mode) throws Exception {
        addStream(nats, stream().allowMessageTtl());
        FakeWorker worker = begin(
                nats,
                Map.of(
                        "delivery.guarantee",
                        guarantee,
                        "publish.mode",
                        mode,
                        "message.ttl.ms",
                        "1001",
                        "message.ttl.header",
                        "ttl"));
        for (String ttl : new String[] {null, "never", "3600000", "soon", "1000"}) {
            worker.offer(record(worker.consumed(), ttl));
        }
        worker.drain();

        try (Connection connection = nats.connect()) {
            Awaitility.await("two messages to go")
                    .atMost(SOON)
                    .until(
                            () -> values(connection),
                            left -> left.equals(Map.of("0 never", "never", "0 3600000", "3600s")));
        }
        assertThat(worker.rejected)
                .singleElement()
                .satisfies(reason -> assertThat(reason)
                        .startsWith("3: orders-0@3 was rejected: ")
                        .contains("message.ttl.header"));
    }

    @ParameterizedTest
    @CsvSource({
        "at-least-once, fast",
        "at-least-once, auto",
        "at-least-once, async",
        "at-least-once, sync",
        "best-effort, auto",
        "exactly-once, auto"
    })
    void aStreamThatAllowsNoneIsRefusedBeforeAnythingIsSent(String guarantee, String mode) throws Exception {
        addStream(nats, stream());

        assertThat(refusal(
                        nats, Map.of("delivery.guarantee", guarantee, "publish.mode", mode, "message.ttl.ms", "1000")))
                .isEqualTo(KEYS
                        + "stream orders does not allow per-message TTLs: run nats stream edit orders --allow-msg-ttl");
        assertThat(stored(nats)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "async", "sync"})
    void suchAStreamIsFoundByItsSubjectToo(String mode) throws Exception {
        addStream(nats, stream());
        Map<String, String> config = new HashMap<>(Map.of("publish.mode", mode, "message.ttl.header", "ttl"));
        config.put("jetstream.stream", null);

        assertThat(refusal(nats, config)).endsWith("nats stream edit orders --allow-msg-ttl");
        assertThat(stored(nats)).isZero();
    }

    @Test
    void theStreamOfABucketIsNoException() throws Exception {
        addStream(
                nats,
                StreamConfiguration.builder()
                        .name("KV_prices")
                        .subjects("$KV.prices.>")
                        .maxMessagesPerSubject(1));
        Map<String, String> config = new HashMap<>(
                Map.of("publish.mode", "async", "message.ttl.ms", "1000", "target", "kv", "kv.bucket", "prices"));
        config.put("jetstream.stream", null);

        assertThat(refusal(nats, config)).endsWith("nats stream edit KV_prices --allow-msg-ttl");
    }

    @ParameterizedTest
    @CsvSource({"async, false", "auto, false", "async, true"})
    void aServerThatKnowsNoneIsRefused(String mode, String create) throws Exception {
        try (NatsServer old = NatsServer.builder().version(NatsBinary.V2_10).start()) {
            if (create.equals("false")) {
                addStream(old, StreamConfiguration.builder().name(STREAM).subjects(STREAM));
            }

            assertThat(refusal(
                            old,
                            Map.of("publish.mode", mode, "message.ttl.ms", "1000", "jetstream.stream.create", create)))
                    .isEqualTo(
                            KEYS + "nats-server 2.10.27 does not support per-message TTLs: upgrade to 2.11.0 or later");
            assertThat(stored(old)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"message.ttl.ms, 60000, true", "message.ttl.header, ttl, true", "message.id, coordinates, false"})
    void aStreamThatIsCreatedAllowsWhatIsNeeded(String key, String value, boolean ttls) throws Exception {
        FakeWorker worker = begin(nats, Map.of(key, value, "jetstream.stream.create", "true"));
        worker.feed(10);
        worker.drain();

        try (Connection connection = nats.connect()) {
            assertThat(connection
                            .jetStreamManagement()
                            .getStreamInfo(STREAM)
                            .getConfiguration()
                            .isAllowMessageTtl())
                    .isEqualTo(ttls);
        }
    }

    /** Three attempts to look the stream up take three seconds each. */
    @Test
    @Tag("faults")
    void aStreamThatMayNotBeLookedUpIsRefusedAtTheFirstMessage() throws Exception {
        try (NatsServer guarded = NatsServer.builder().config("""
                                authorization { users: [
                                  { user: all, password: all }
                                  { user: some, password: some, permissions: { publish: [orders], subscribe: ["_INBOX.>"] } }
                                ] }
                                """).start();
                Logged logged = Logged.begin();
                Connection connection = guarded.connect(options -> options.userInfo("all", "all"))) {
            connection.jetStreamManagement().addStream(stream().build());

            String refusal = refusal(
                    guarded,
                    Map.of(
                            "nats.auth.username", "some",
                            "nats.auth.password", "some",
                            "publish.mode", "async",
                            "message.ttl.ms", "1000"));

            assertThat(logged.lines("cannot be looked up")).hasSize(1);
            assertThat(refusal)
                    .startsWith("per-message TTL is disabled [10166]: nats stream edit <stream> --allow-msg-ttl")
                    .contains("message.ttl.ms", "message.ttl.header");
        }
    }

    private static SinkRecord record(long offset, @Nullable String ttl) {
        ConnectHeaders headers = new ConnectHeaders();
        if (ttl != null) {
            headers.addString("ttl", ttl);
        }
        byte[] value = ("0 " + ttl).getBytes(UTF_8);
        return new SinkRecord(STREAM, 0, null, null, null, value, offset, null, null, headers);
    }

    /** The values that are left, markers aside, with the TTLs that they have. */
    private static Map<String, String> values(Connection connection) throws Exception {
        Map<String, String> values = new HashMap<>();
        var management = connection.jetStreamManagement();
        var state = management.getStreamInfo(STREAM).getStreamState();
        for (MessageInfo message = management.getFirstMessage(STREAM, STREAM); ; ) {
            values.put(
                    new String(message.getData(), UTF_8), message.getHeaders().getFirst("Nats-TTL"));
            if (message.getSeq() >= state.getLastSequence()) {
                return values;
            }
            try {
                message = management.getNextMessage(STREAM, message.getSeq() + 1, STREAM);
            } catch (JetStreamApiException none) {
                assertThat(none.getApiErrorCode()).isEqualTo(10037);
                return values;
            }
        }
    }

    /** What the task fails with. */
    private String refusal(NatsServer server, Map<String, String> more) {
        FakeWorker worker = begin(Impatient.task(), server, more);
        worker.offer(1);
        String[] said = new String[1];
        assertThatThrownBy(() -> worker.until("a refusal", SOON, () -> false))
                .isInstanceOf(ConnectException.class)
                .satisfies(refused -> said[0] = refused.getMessage());
        return said[0];
    }

    private FakeWorker begin(NatsServer server, Map<String, String> more) {
        return begin(new NatsJetStreamSinkTask(), server, more);
    }

    private FakeWorker begin(NatsJetStreamSinkTask task, NatsServer server, Map<String, String> more) {
        FakeWorker worker = new FakeWorker(STREAM, task);
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "orders-to-nats",
                "nats.servers",
                server.url(),
                "jetstream.stream",
                STREAM,
                "subject",
                STREAM,
                "errors.tolerance",
                "all"));
        config.putAll(more);
        config.values().removeIf(value -> value == null);
        started.add(worker);
        worker.start(config);
        return worker;
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder()
                .name(STREAM)
                .subjects(STREAM, "jetsink.offsets.>")
                .allowBatched()
                .allowAtomicPublish()
                .allowRollup(true);
    }

    private static void addStream(NatsServer server, StreamConfiguration.Builder stream) throws Exception {
        try (Connection connection = server.connect()) {
            connection.jetStreamManagement().addStream(stream.build());
        }
    }

    private static long stored(NatsServer server) throws Exception {
        try (Connection connection = server.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(STREAM)
                    .getStreamState()
                    .getMsgCount();
        }
    }
}
