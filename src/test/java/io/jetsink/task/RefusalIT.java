package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.LogLines;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.PersistMode;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is promised and cannot be kept is refused: with what to change, and with nothing less put in its place. */
class RefusalIT extends OneServer {
    private static final String STREAM = "orders";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final String NO_STREAM =
            "there is no stream orders: create it, set jetstream.stream.create=true, or correct jetstream.stream";
    private static final String EXACTLY_ONCE = "delivery.guarantee=exactly-once: ";
    private static final String PREFLIGHT = "io.jetsink.publish.preflight.PreflightStrategy";

    @ParameterizedTest
    @EnumSource(
            value = NatsBinary.class,
            names = {"V2_9", "V2_10"})
    void oldServersAreRefusedByVersionAndServedByAuto(NatsBinary old) throws Exception {
        try (NatsServer server = NatsServer.builder().version(old).start()) {
            String version = "nats-server " + old.version();
            Map<String, String> creating = Map.of("jetstream.stream.create", "true");

            assertThat(refusal(server, exactlyOnce(creating)))
                    .isEqualTo(EXACTLY_ONCE + version + " does not support atomic batches: upgrade to 2.12.1 or later");
            try (Connection connection = server.connect()) {
                assertThat(connection.jetStreamManagement().getStreamNames()).isEmpty();
                connection.jetStreamManagement().addStream(good().build());
            }
            assertThat(refusal(server, Map.of("publish.mode", "fast")))
                    .isEqualTo("publish.mode=fast: " + version
                            + " does not support fast-ingest batches: upgrade to 2.14.0 or later");

            FakeWorker auto = begin(server, Map.of());
            auto.feed(1_000);
            auto.drain();
            assertThat(stored(server)).isEqualTo(1_000);
        }
    }

    static Stream<Arguments> curable() {
        return Stream.of(
                Arguments.of(
                        change(stream -> plain()),
                        "does not allow atomic batches, and does not allow rollups: run nats stream edit"
                                + " orders --allow-batch --allow-rollup"),
                Arguments.of(
                        change(stream -> plain().allowAtomicPublish()),
                        "does not allow rollups: run nats stream edit orders --allow-rollup"),
                Arguments.of(
                        change(stream -> plain().allowRollup(true)),
                        "does not allow atomic batches: run nats stream edit orders --allow-batch"),
                Arguments.of(
                        change(stream -> stream.retentionPolicy(RetentionPolicy.Interest)),
                        "has retention interest, which removes offset markers: run nats stream edit orders"
                                + " --retention=limits"),
                Arguments.of(
                        change(stream -> stream.maxMessagesPerSubject(100)
                                .discardPolicy(DiscardPolicy.New)
                                .discardNewPerSubject(true)),
                        "has max_msgs_per_subject with discard_new_per_subject, which refuses new offset markers: run nats stream edit"
                                + " orders --no-discard-per-subject"),
                Arguments.of(
                        change(stream -> stream.maxAge(Duration.ofSeconds(599))),
                        "removes messages after 599 s (max_age), and with them offset markers: run nats stream edit orders"
                                + " --max-age=10m"),
                Arguments.of(
                        change(stream -> stream.subjects("orders.>", "audit")),
                        "does not capture the offset markers jetsink.offsets.orders-to-nats.> (exactly.once.marker.prefix):"
                                + " run nats stream edit orders"
                                + " --subjects='orders.>,audit,jetsink.offsets.orders-to-nats.>'"));
    }

    /** Each is taken once it was edited as the error says. */
    @ParameterizedTest
    @MethodSource("curable")
    void aStreamIsRefusedWithTheCommandThatMendsIt(UnaryOperator<StreamConfiguration.Builder> spoil, String expected)
            throws Exception {
        add(spoil.apply(good()));

        assertThat(refusal(nats, exactlyOnce(Map.of()))).isEqualTo(EXACTLY_ONCE + "stream orders " + expected);

        try (Connection connection = nats.connect()) {
            StreamConfiguration is =
                    connection.jetStreamManagement().getStreamInfo(STREAM).getConfiguration();
            connection.jetStreamManagement().updateStream(edited(is, expected).build());
        }
        FakeWorker worker = begin(nats, exactlyOnce(Map.of()));
        worker.feed(100);
        worker.drain();
        assertThat(stored(nats)).isEqualTo(101);
    }

    /** What the nats command line makes of the flags. */
    private static StreamConfiguration.Builder edited(StreamConfiguration is, String command) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder(is);
        for (String flag : command.substring(command.indexOf(" --")).trim().split(" ")) {
            switch (flag.split("=")[0]) {
                case "--allow-batch" -> stream.allowAtomicPublish();
                case "--allow-rollup" -> stream.allowRollup(true);
                case "--retention" -> stream.retentionPolicy(RetentionPolicy.Limits);
                case "--no-discard-per-subject" -> stream.discardNewPerSubject(false);
                case "--max-age" -> stream.maxAge(Duration.ofMinutes(10));
                case "--subjects" ->
                    stream.subjects(flag.substring(flag.indexOf('\'') + 1, flag.length() - 1)
                            .split(","));
                default -> throw new AssertionError(flag + " is no flag of nats stream edit");
            }
        }
        return stream;
    }

    static Stream<Arguments> incurable() {
        return Stream.of(
                Arguments.of(
                        change(stream -> stream.retentionPolicy(RetentionPolicy.WorkQueue)),
                        "has retention workqueue, which cannot be changed and removes offset markers"),
                Arguments.of(
                        change(stream -> plain().persistMode(PersistMode.Async)),
                        "does not allow atomic batches, and does not allow rollups, and has persist_mode async, which cannot"
                                + " be changed and acks messages before they are stored"),
                Arguments.of(
                        change(stream -> plain().allowAtomicPublish().denyPurge(true)),
                        "has deny_purge, which excludes rollups and cannot be changed"));
    }

    @ParameterizedTest
    @MethodSource("incurable")
    void aStreamThatCannotBeMendedIsRefusedWithAWayOut(
            UnaryOperator<StreamConfiguration.Builder> spoil, String expected) throws Exception {
        add(spoil.apply(good()));

        assertThat(refusal(nats, exactlyOnce(Map.of())))
                .isEqualTo(EXACTLY_ONCE + "stream orders " + expected
                        + ": set jetstream.stream to another stream, which jetstream.stream.create=true can create");
    }

    @Test
    void aMissingStreamIsRefused() throws Exception {
        assertThat(refusal(nats, exactlyOnce(Map.of()))).isEqualTo(NO_STREAM);
        assertThat(refusal(nats, Map.of("publish.mode", "fast"))).isEqualTo(NO_STREAM);
    }

    @Test
    void severalStreamsWithoutANameAreRefused() throws Exception {
        Map<String, String> unnamed = exactlyOnce(Map.of("subject", "${topic}"));
        unnamed.put("jetstream.stream", "");
        try (Connection connection = nats.connect()) {
            for (String subject : List.of("a", "b")) {
                connection
                        .jetStreamManagement()
                        .addStream(StreamConfiguration.builder()
                                .name(subject)
                                .subjects(subject)
                                .build());
            }
        }

        assertThat(refusal(nats, unnamed))
                .isEqualTo(EXACTLY_ONCE + "the subjects match more than one stream: set jetstream.stream");
    }

    @Test
    void fastIsRefusedByAStreamWithoutBatches() throws Exception {
        add(good());

        assertThat(refusal(nats, Map.of("publish.mode", "fast")))
                .isEqualTo("publish.mode=fast: stream orders does not allow fast-ingest batches: run nats stream edit"
                        + " orders --allow-fast");

        FakeWorker auto = begin(nats, Map.of());
        auto.feed(100);
        auto.drain();
        assertThat(stored(nats)).isEqualTo(100);
    }

    @Test
    void aSingleReplicaOnASingleServerIsNothingToTell() throws Exception {
        add(good());
        try (LogLines log = LogLines.of(PREFLIGHT)) {
            FakeWorker worker = begin(nats, exactlyOnce(Map.of()));
            worker.feed(10);
            worker.drain();

            assertThat(log.lines()).isEmpty();
        }
    }

    @Test
    void whatIsRiskyIsWarnedOfOnceAndNotWithEachConnection() throws Exception {
        add(good().maxBytes(10_000_000));
        try (LogLines log = LogLines.of(PREFLIGHT)) {
            FakeWorker worker = begin(nats, exactlyOnce(Map.of()));
            worker.feed(10);
            worker.drain();
            nats.kill9();
            nats.restart();
            worker.feed(10);
            worker.drain();

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("stream orders removes its oldest messages at max_msgs or max_bytes")
                    .startsWith("WARN orders-to-nats: ");
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
        FakeWorker worker = new FakeWorker("orders", task);
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "orders-to-nats",
                "nats.servers",
                server.url(),
                "jetstream.stream",
                STREAM,
                "subject",
                "orders.${partition}"));
        config.putAll(more);
        config.values().removeIf(String::isEmpty);
        started.add(worker);
        worker.start(config);
        return worker;
    }

    private static Map<String, String> exactlyOnce(Map<String, String> more) {
        Map<String, String> config = new HashMap<>(more);
        config.put("delivery.guarantee", "exactly-once");
        return config;
    }

    private static StreamConfiguration.Builder good() {
        return plain().allowAtomicPublish().allowRollup(true);
    }

    private static StreamConfiguration.Builder plain() {
        return StreamConfiguration.builder().name(STREAM).subjects("orders.>", "jetsink.offsets.>");
    }

    private static UnaryOperator<StreamConfiguration.Builder> change(
            UnaryOperator<StreamConfiguration.Builder> change) {
        return change;
    }

    private static void add(StreamConfiguration.Builder stream) throws Exception {
        try (Connection connection = nats.connect()) {
            connection.jetStreamManagement().addStream(stream.build());
        } catch (JetStreamApiException e) {
            throw new AssertionError("the server itself refuses such a stream", e);
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
