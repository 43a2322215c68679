package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.SubjectTransform;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subjects that lead into the stream although the stream does not list them, and subjects that lead nowhere. */
class MappingsIT {
    private static final String STREAM = "ORDERS";
    private static final String PARTITIONS =
            "mappings: { \"orders.*\": \"orders.{{partition(4,1)}}.{{wildcard(1)}}\" }\n";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Logged logged;
    private NatsServer nats;
    private Connection direct;
    private FakeWorker worker;

    @BeforeEach
    void open() {
        logged = Logged.begin();
    }

    @AfterEach
    void close() throws Exception {
        if (worker != null) {
            worker.stop();
        }
        direct.close();
        nats.close();
        logged.close();
    }

    /** Whatever the mode, named or not. */
    @ParameterizedTest
    @CsvSource({
        "at-least-once, auto, true",
        "at-least-once, auto, false",
        "at-least-once, async, false",
        "exactly-once, auto, true",
        "best-effort, auto, false",
    })
    void aMappingLeadsIntoAStreamThatDoesNotListTheSubjects(String guarantee, String mode, boolean named)
            throws Exception {
        mapped(guarantee, mode, named);
    }

    @Tag("faults")
    @ParameterizedTest
    @CsvSource({
        "at-least-once, fast, true",
        "at-least-once, fast, false",
        "at-least-once, async, true",
        "at-least-once, sync, true",
        "exactly-once, auto, false",
    })
    void soItDoesInAllModes(String guarantee, String mode, boolean named) throws Exception {
        mapped(guarantee, mode, named);
    }

    private void mapped(String guarantee, String mode, boolean named) throws Exception {
        server(PARTITIONS, "orders.*.*", "jetsink.offsets.>");
        Map<String, String> config = new HashMap<>(Map.of("delivery.guarantee", guarantee, "publish.mode", mode));
        if (guarantee.equals("exactly-once") || guarantee.equals("best-effort")) {
            config.remove("publish.mode");
        }
        if (named) {
            config.put("jetstream.stream", STREAM);
        }
        start(config);
        worker.feed(100);
        worker.drain(PATIENCE);
        worker.until("all to be stored", PATIENCE, () -> stored("orders.*.*") == 100);

        assertThat(worker.rejected).isEmpty();
        assertThat(logged.lines("no working link")).isEmpty();
    }

    /** The stream lists one of the filters, and a mapping leads the other one there. */
    @ParameterizedTest
    @CsvSource({"at-least-once, auto", "exactly-once, auto"})
    void aMappingLeadsSomeOfTheSubjects(String guarantee, String mode) throws Exception {
        server(PARTITIONS, "orders.*.*", "payments.*", "jetsink.offsets.>");
        Map<String, String> config = new HashMap<>(Map.of("delivery.guarantee", guarantee, "publish.mode", mode));
        if (guarantee.equals("exactly-once")) {
            config.remove("publish.mode");
        }
        config.put("jetstream.stream", STREAM);
        config.put("topics", "orders,payments");
        config.put("subject.routes", "orders -> orders.${key}; payments -> payments.${key}");
        start(config);
        worker.deliver(offset -> record(offset, offset % 2 == 0 ? "orders" : "payments", "k" + offset));
        worker.offer(1);
        worker.until("a start", PATIENCE, () -> stored(">") > 0);
        worker.feed(99);
        worker.drain(PATIENCE);

        assertThat(worker.rejected).isEmpty();
        assertThat(stored("orders.*.*") + stored("payments.*")).isEqualTo(100);
    }

    /** A mapping leads only some subjects of the template there: the server refuses the others, one by one. */
    @ParameterizedTest
    @CsvSource({"at-least-once, auto", "at-least-once, async", "exactly-once, auto"})
    void rejectsOnlyWhatTheServerRefuses(String guarantee, String mode) throws Exception {
        server(
                "mappings: { \"orders.eu.*\": \"stored.{{wildcard(1)}}\" }\n",
                "stored.*",
                "orders.us.*",
                "jetsink.offsets.>");
        Map<String, String> config = new HashMap<>(Map.of("delivery.guarantee", guarantee, "publish.mode", mode));
        if (guarantee.equals("exactly-once")) {
            config.remove("publish.mode");
        }
        config.put("jetstream.stream", STREAM);
        config.put("subject", "orders.${key}.x");
        start(config);
        worker.deliver(offset ->
                record(offset, "orders", List.of("eu", "us", "nowhere").get((int) offset % 3)));
        worker.feed(30);
        worker.drain(PATIENCE);

        assertThat(worker.rejected)
                .hasSize(10)
                .allSatisfy(why -> assertThat(why)
                        .contains("does not capture the subject of this message", "by the server's answer"));
        assertThat(stored("stored.*")).isEqualTo(10);
        assertThat(stored("orders.us.*")).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "async"})
    void aTransformOfTheStreamChangesNothing(String mode) throws Exception {
        server("", "orders.*");
        update(stream("orders.*")
                .subjectTransform(SubjectTransform.builder()
                        .source("orders.*")
                        .destination("stored.{{partition(4,1)}}.{{wildcard(1)}}")
                        .build()));
        start(Map.of("publish.mode", mode));
        worker.feed(100);
        worker.drain(PATIENCE);

        assertThat(worker.rejected).isEmpty();
        assertThat(stored("stored.*.*")).isEqualTo(100);
    }

    /** The mapping is gone: that is the account's configuration, and no record's fault. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "async"})
    void condemnsNothingWhenAMappingIsRemoved(String mode) throws Exception {
        server(PARTITIONS, "orders.*.*");
        start(Map.of("publish.mode", mode, "jetstream.stream", STREAM));
        worker.feed(100);
        worker.drain(PATIENCE);

        nats.reload("mappings: { \"orders.*\": \"nowhere.{{wildcard(1)}}\" }\n");
        worker.offer(100);
        worker.until(
                "a WARN", PATIENCE, () -> !logged.lines("no longer captures").isEmpty());
        assertThat(logged.lines("no longer captures").get(0))
                .startsWith("WARN ")
                .contains("mappings");
        nats.reload(PARTITIONS);
        worker.drain(PATIENCE);

        assertThat(worker.rejected).isEmpty();
        assertThat(stored("orders.*.*")).isEqualTo(200);
    }

    @Test
    void aStreamThatCapturesNothingIsRefusedByTheServersAnswer() throws Exception {
        server("", "others.*");

        start(Map.of("jetstream.stream", STREAM));
        worker.until("a WARN", PATIENCE, () -> !logged.lines("no working link").isEmpty());

        assertThat(logged.lines("no working link").get(0))
                .startsWith("WARN ")
                .contains("stream ORDERS captures none of the subjects orders.*");
    }

    private void server(String extra, String... subjects) throws Exception {
        nats = NatsServer.builder().config(extra).start();
        direct = nats.connect();
        direct.jetStreamManagement().addStream(stream(subjects).build());
    }

    private void update(StreamConfiguration.Builder stream) throws Exception {
        direct.jetStreamManagement().updateStream(stream.build());
    }

    private static StreamConfiguration.Builder stream(String... subjects) {
        return StreamConfiguration.builder()
                .name(STREAM)
                .subjects(subjects)
                .allowBatched()
                .allowAtomicPublish()
                .allowRollup(true);
    }

    private void start(Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name", "mapped",
                "topics", "orders",
                "nats.servers", nats.url(),
                "subject", "orders.${key}",
                "errors.tolerance", "all"));
        config.putAll(more);
        worker = new FakeWorker("orders", new NatsJetStreamSinkTask());
        worker.deliver(offset -> record(offset, "orders", "k" + offset));
        worker.start(config);
    }

    private static SinkRecord record(long offset, String topic, String key) {
        return new SinkRecord(topic, 0, null, key, null, ("v" + offset).getBytes(UTF_8), offset);
    }

    private long stored(String filter) {
        try {
            StreamInfo info =
                    direct.jetStreamManagement().getStreamInfo(STREAM, StreamInfoOptions.filterSubjects(filter));
            return Objects.requireNonNullElse(
                            info.getStreamState().getSubjects(), List.<io.nats.client.api.Subject>of())
                    .stream()
                    .mapToLong(io.nats.client.api.Subject::getCount)
                    .sum();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
