package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.NatsBinary;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code message.ttl.ms} and {@code message.ttl.header}: messages that go, and streams that keep none of their own. */
class MessageTtlIT {
    private static final String KEYS = "message.ttl.ms, message.ttl.header: ";

    @RegisterExtension
    final TaskRig rig = TaskRig.shared("orders").with("errors.tolerance", "all", "subject", "orders");

    @ParameterizedTest
    @ValueSource(strings = {"fast", "async", "exactly-once"})
    void aMessageGoesWhenItsTimeHasCome(String mode) throws Exception {
        rig.create(rig.anyMode().allowMessageTtl());
        FakeWorker worker = rig.start("mode", mode, "message.ttl.ms", "1001", "message.ttl.header", "ttl");
        for (String ttl : new String[] {null, "never", "3600000", "soon", "1000"}) {
            worker.offer(record(worker.consumed(), ttl));
        }
        worker.drain();

        Awaitility.await("two messages to go")
                .atMost(TaskRig.PATIENCE)
                .until(
                        () -> rig.ask(this::values),
                        left -> left.equals(Map.of("0 never", "never", "0 3600000", "3600s")));
        assertThat(worker.rejected)
                .singleElement()
                .satisfies(reason -> assertThat(reason)
                        .startsWith("3: [JS-5007] orders-0@3 was rejected: ")
                        .contains("message.ttl.header"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "auto", "async", "sync", "best-effort", "exactly-once"})
    void aStreamThatAllowsNoneIsRefusedBeforeAnythingIsSent(String mode) throws Exception {
        rig.create(rig.anyMode());

        assertThat(rig.refusal("mode", mode, "message.ttl.ms", "1000"))
                .isEqualTo("[JS-4006] "
                        + KEYS
                        + "stream orders does not allow per-message TTLs: run nats stream edit orders --allow-msg-ttl");
        assertThat(rig.stored()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fast", "async", "sync"})
    void suchAStreamIsFoundByItsSubjectToo(String mode) throws Exception {
        rig.create(rig.anyMode());
        assertThat(rig.refusal("publish.mode", mode, "message.ttl.header", "ttl", "jetstream.stream", ""))
                .endsWith("nats stream edit orders --allow-msg-ttl");
        assertThat(rig.stored()).isZero();
    }

    @Test
    void theStreamOfABucketIsNoException() throws Exception {
        rig.create(StreamConfiguration.builder()
                .name("KV_prices")
                .subjects("$KV.prices.>")
                .maxMessagesPerSubject(1));
        rig.with("target", "kv", "kv.bucket", "prices", "jetstream.stream", "", "subject", "");

        assertThat(rig.refusal("publish.mode", "async", "message.ttl.ms", "1000"))
                .endsWith("nats stream edit KV_prices --allow-msg-ttl");
    }

    @ParameterizedTest
    @CsvSource({"async, false", "auto, false", "async, true"})
    void aServerThatKnowsNoneIsRefused(String mode, String create) throws Exception {
        rig.serve(NatsBinary.V2_10);
        if (create.equals("false")) {
            rig.create(rig.stream());
        }

        assertThat(rig.refusal("publish.mode", mode, "message.ttl.ms", "1000", "jetstream.stream.create", create))
                .isEqualTo("[JS-4007] " + KEYS
                        + "nats-server 2.10.27 does not support per-message TTLs: upgrade to 2.11.0 or later");
        assertThat(rig.stored()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"message.ttl.ms, 60000, true", "message.ttl.header, ttl, true", "message.id, coordinates, false"})
    void aStreamThatIsCreatedAllowsWhatIsNeeded(String key, String value, boolean ttls) throws Exception {
        FakeWorker worker =
                rig.start(key, value, "jetstream.stream.create", "true").settle(10);

        assertThat(rig.configuration().isAllowMessageTtl()).isEqualTo(ttls);
    }

    /** Three attempts to look the stream up take three seconds each. */
    @Test
    @Tag("faults")
    void aStreamThatMayNotBeLookedUpIsRefusedAtTheFirstMessage() throws Exception {
        rig.as("all").serve("""
                authorization { users: [
                  { user: all, password: all }
                  { user: some, password: some, permissions: { publish: [orders], subscribe: ["_INBOX.>"] } }
                ] }
                """);
        rig.create(rig.anyMode());

        String refusal = rig.refusal(
                "nats.auth.username", "some",
                "nats.auth.password", "some",
                "publish.mode", "async",
                "message.ttl.ms", "1000");

        assertThat(rig.logged.lines("cannot be looked up")).hasSize(1);
        assertThat(refusal)
                .startsWith("[JS-4006] per-message TTL is disabled [10166]: nats stream edit <stream> --allow-msg-ttl")
                .contains("message.ttl.ms", "message.ttl.header");
    }

    private static SinkRecord record(long offset, @Nullable String ttl) {
        ConnectHeaders headers = new ConnectHeaders();
        if (ttl != null) {
            headers.addString("ttl", ttl);
        }
        byte[] value = ("0 " + ttl).getBytes(UTF_8);
        return new SinkRecord("orders", 0, null, null, null, value, offset, null, null, headers);
    }

    /** The values that are left, markers aside, with the TTLs that they have. */
    private Map<String, String> values(JetStreamManagement streams) throws Exception {
        Map<String, String> values = new HashMap<>();
        long last = streams.getStreamInfo(rig.name).getStreamState().getLastSequence();
        for (long sequence = 0; sequence < last; ) {
            try {
                MessageInfo message = streams.getNextMessage(rig.name, sequence + 1, rig.name);
                values.put(
                        new String(message.getData(), UTF_8),
                        message.getHeaders().getFirst("Nats-TTL"));
                sequence = message.getSeq();
            } catch (JetStreamApiException none) {
                assertThat(none.getApiErrorCode()).isEqualTo(10037);
                return values;
            }
        }
        return values;
    }
}
