package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.WireTap;
import io.jetsink.support.nats.NatsBinary;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Headers that a record should not have, all of them included: stored once, with nothing said that was not meant. */
class HostileHeadersIT {
    private static final String STREAM = "orders";
    /** A subject of the account that a trace would go to. */
    private static final String ELSEWHERE = "elsewhere";

    /** What a record has, and what its message is to have; null: it is to be rejected. */
    private record Case(ConnectHeaders headers, @Nullable Map<String, List<String>> expected) {}

    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("orders")
            .with("headers.include", "*", "errors.tolerance", "all")
            // It publishes something of its own.
            .with("preflight", "off");

    private final List<Case> cases = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({
        "V2_15, at-least-once, fast",
        "V2_15, at-least-once, async",
        "V2_15, exactly-once, auto",
        "V2_10, at-least-once, async",
    })
    void eachIsStoredOnceAndNothingIsInjected(NatsBinary version, String guarantee, String mode) throws Exception {
        commands();
        names();
        values();
        // To a server every byte counts: this is the most that it takes, and a batch adds some of its own.
        String most = "x".repeat(0xFFFF - "NATS/1.0\r\nv:\r\n\r\n".length());
        add(guarantee.equals("exactly-once") ? null : Map.of("v", List.of(most)), "v", most);
        add(null, "v", most + "x");
        rig.serve(version);
        rig.create(stream(version, guarantee, mode));
        try (WireTap tap = WireTap.to(rig.nats);
                Connection connection = rig.connect()) {
            Queue<String> astray = spy(connection);
            FakeWorker worker =
                    rig.start("nats.servers", tap.url(), "delivery.guarantee", guarantee, "publish.mode", mode);
            for (Case each : cases) {
                worker.offer(record(each, worker.consumed()));
            }
            worker.drain();
            worker.stop();

            assertThat(worker.rejected).hasSize((int)
                    cases.stream().filter(each -> each.expected == null).count());
            assertThat(worker.rejected)
                    .allSatisfy(reason -> assertThat(reason).containsAnyOf("65535 are allowed", "64k [10097]"));
            assertStored(connection);
            assertThat(astray).isEmpty();
            assertWire(tap, guarantee.equals("exactly-once"));
        }
    }

    private void commands() {
        for (String name : List.of(
                "Nats-Rollup",
                "Nats-Msg-Id",
                "nats-msg-id",
                "Nats-Expected-Last-Sequence",
                "Nats-Expected-Stream",
                "Nats-Expected-Last-Msg-Id",
                "Nats-Expected-Last-Subject-Sequence",
                "Nats-TTL",
                "Nats-Batch-Id",
                "Nats-Batch-Sequence",
                "Nats-Batch-Commit",
                "Nats-Schedule",
                "Nats-Schedule-Target",
                "Nats-Incr",
                "Nats-Request-Info",
                "Nats-Marker-Reason",
                "Nats-Stream-Source",
                "Nats-Required-Api-Level",
                "Status",
                "Description",
                "KV-Operation")) {
            add(Map.of(), name, "all");
        }
        add(Map.of(), "Nats-Trace-Dest", ELSEWHERE, "Nats-Trace-Only", "1");
        add(Map.of(), "Status", "503", "Description", "No Responders");
        add(Map.of("id", List.of("1")), "Nats-Msg-Id", "same", "id", "1");
        add(Map.of("id", List.of("2")), "Nats-Msg-Id", "same", "id", "2");
    }

    private void names() {
        add(Map.of("with%20space", List.of("1")), "with space", "1");
        add(Map.of("a%3Ab", List.of("1")), "a:b", "1");
        add(Map.of(), "", "1");
        add(Map.of("%C3%A9", List.of("1")), "é", "1");
        add(Map.of("%E6%97%A5%E6%9C%AC", List.of("1")), "日本", "1");
        add(Map.of("x%0D%0ANats-Rollup", List.of("all")), "x\r\nNats-Rollup", "all");
        add(Map.of("%20Nats-Rollup", List.of("all")), " Nats-Rollup", "all");
        add(Map.of("%00", List.of("1")), "\0", "1");
        add(Map.of("a%25", List.of("1")), "a%", "1");
        String tenThousand = "n".repeat(10_000);
        add(Map.of(tenThousand, List.of("1")), tenThousand, "1");
    }

    private void values() {
        Schema schema = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
        add(Map.of("v", List.of("x%0D%0ANats-Rollup:%20all")), "v", "x\r\nNats-Rollup: all");
        add(
                Map.of("v", List.of("%0D%0A%0D%0APUB%20" + ELSEWHERE + "%200%0D%0A%0D%0A")),
                "v",
                "\r\n\r\nPUB " + ELSEWHERE + " 0\r\n\r\n");
        add(Map.of("v", List.of("a%0Ab")), "v", "a\nb");
        add(Map.of("v", List.of("a%00b")), "v", "a\0b");
        add(Map.of("v", List.of("%C3%A9")), "v", "é");
        add(Map.of("v", List.of("%20a%20")), "v", " a ");
        add(Map.of("v", List.of("%20")), "v", " ");
        add(Map.of("v", List.of("")), "v", "");
        add(Map.of("v", List.of("")), "v", null);
        add(Map.of("v", List.of("%FF%FE")), "v", new byte[] {(byte) 0xFF, (byte) 0xFE});
        add(Map.of("v", List.of("{\"id\":1}")), "v", new Struct(schema).put("id", 1));
        add(Map.of("v", List.of("b", "a", "b", "%C3%A9")), "v", "b", "v", "a", "v", "b", "v", "é");
        add(null, "v", "x".repeat(70_000));
        Object[] many = new Object[10_000];
        Map<String, List<String>> all = new HashMap<>();
        for (int i = 0; i < many.length; i += 2) {
            many[i] = "h" + i;
            many[i + 1] = "1";
            all.put("h" + i, List.of("1"));
        }
        add(all, many);
        many[1] = "x".repeat(40_000);
        add(null, many);
    }

    private void add(@Nullable Map<String, List<String>> expected, Object... namesAndValues) {
        ConnectHeaders headers = new ConnectHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add((String) namesAndValues[i], namesAndValues[i + 1], null);
        }
        cases.add(new Case(headers, expected));
    }

    private static SinkRecord record(Case each, long offset) {
        return new SinkRecord(
                STREAM, 0, null, null, null, ("value " + offset).getBytes(UTF_8), offset, null, null, each.headers);
    }

    private void assertStored(Connection connection) throws Exception {
        List<String> values = new ArrayList<>();
        long last = connection
                .jetStreamManagement()
                .getStreamInfo(STREAM)
                .getStreamState()
                .getLastSequence();
        for (long sequence = 1; sequence <= last; sequence++) {
            MessageInfo stored = stored(connection, sequence);
            if (stored != null && stored.getSubject().equals(STREAM)) {
                String value = new String(stored.getData(), UTF_8);
                values.add(value);
                Case each = cases.get(Integer.parseInt(value.substring("value ".length())));
                assertThat(headers(stored.getHeaders())).as(value).isEqualTo(each.expected);
            }
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < cases.size(); i++) {
            if (cases.get(i).expected != null) {
                expected.add("value " + i);
            }
        }
        assertThat(values).containsExactlyElementsOf(expected);
    }

    /** Null for a marker that was replaced. */
    private static @Nullable MessageInfo stored(Connection connection, long sequence) throws Exception {
        try {
            return connection.jetStreamManagement().getMessage(STREAM, sequence);
        } catch (JetStreamApiException e) {
            assertThat(e.getApiErrorCode()).isEqualTo(10037);
            return null;
        }
    }

    /** Without those of atomic batches. */
    private static Map<String, List<String>> headers(@Nullable Headers stored) {
        Map<String, List<String>> headers = new TreeMap<>();
        if (stored != null) {
            stored.entrySet().stream()
                    .filter(entry -> !entry.getKey().startsWith("Nats-Batch-"))
                    .forEach(entry -> headers.put(entry.getKey(), entry.getValue()));
        }
        return headers;
    }

    /** Operations that a client of JetStream has, on the subjects that are the connector's. */
    private void assertWire(WireTap tap, boolean exactlyOnce) {
        int messages = 0;
        for (WireTap.Operation operation : tap.operations()) {
            switch (operation.verb()) {
                case "CONNECT", "PING", "PONG", "UNSUB" -> {}
                case "SUB" -> assertThat(operation.subject()).startsWith("_INBOX.");
                case "PUB", "HPUB" -> {
                    boolean own = operation.subject().equals(STREAM);
                    messages += own && operation.payload().contains("value ") ? 1 : 0;
                    assertThat(own
                                    || operation.subject().startsWith("$JS.API.STREAM.")
                                    || operation.subject().startsWith("jetsink.offsets."))
                            .as(operation.line())
                            .isTrue();
                }
                default -> throw new AssertionError("nobody meant to say " + operation.line());
            }
        }
        int expected =
                (int) cases.stream().filter(each -> each.expected != null).count();
        // A batch that was refused for one of its messages is sent again without it.
        assertThat(messages).isBetween(expected, exactlyOnce ? 2 * expected : expected);
    }

    /** Everything in the account that is no business of the connector. */
    private static Queue<String> spy(Connection connection) throws Exception {
        Queue<String> astray = new ConcurrentLinkedQueue<>();
        Dispatcher dispatcher = connection.createDispatcher(message -> astray.add(message.getSubject()));
        dispatcher.subscribe(ELSEWHERE);
        connection.flush(Duration.ofSeconds(5));
        return astray;
    }

    private StreamConfiguration.Builder stream(NatsBinary version, String guarantee, String mode) {
        // Whatever a header could set off is allowed here.
        StreamConfiguration.Builder stream = rig.stream(STREAM, "jetsink.>").allowRollup(true);
        if (version == NatsBinary.V2_15) {
            stream.allowMessageTtl();
        }
        if (mode.equals("fast")) {
            stream.allowBatched();
        }
        return guarantee.equals("exactly-once") ? stream.allowAtomicPublish() : stream;
    }
}
