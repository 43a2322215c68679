package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exactly-once where the server stores messages under other subjects than they are sent to. */
class MovedMarkersIT {
    private static final String STREAM = "once";
    private static final Duration SOON = Duration.ofSeconds(30);

    private final List<FakeWorker> running = new ArrayList<>();
    private NatsServer nats;
    private Logged logged;

    @BeforeEach
    void start() {
        logged = Logged.begin();
        nats = NatsServer.start();
    }

    @AfterEach
    void stop() {
        running.forEach(FakeWorker::stop);
        nats.close();
        logged.close();
    }

    @Test
    void aTransformThatMovesMarkersIsRefusedAtStart() throws Exception {
        create(stream().subjectTransform(new SubjectTransform(">", "all.>")));

        assertFails(
                begin(Impatient.task(), 0, Map.of()),
                "subject_transform from > to all.>",
                "limit the transform to the records' subjects");
        assertThat(stored()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {STREAM, "once.>"})
    void aTransformOfRecordsWorksAlsoOverARestart(String source) throws Exception {
        create(stream().subjectTransform(new SubjectTransform(source, source.equals(STREAM) ? "stored" : "stored.>")));
        Map<String, String> more = source.equals(STREAM) ? Map.of() : Map.of("subject", "once.${partition}");
        FakeWorker worker = begin(0, more);
        worker.feed(1_000);
        worker.drain();
        worker.stop();
        running.remove(worker);
        FakeWorker next = begin(400, more);
        next.feed(1_600);
        next.drain();

        assertClean(2_000);
    }

    @Test
    void aTransformThatIsAddedUnderARunningTaskIsNamedAndStoresNothingTwice() throws Exception {
        create(stream());
        FakeWorker worker = begin(0, Map.of());
        worker.feed(1_000);
        worker.drain();
        update(stream().subjectTransform(new SubjectTransform(">", "all.>")));
        worker.offer(500);
        worker.until(
                "the transform to be named",
                SOON,
                () -> !logged.lines("limit the transform to the records' subjects")
                        .isEmpty());
        assertThat(worker.committable()).isEqualTo(1_000);
        assertThat(logged.lines("too many inflight")).isEmpty();

        update(stream());
        worker.feed(500);
        worker.drain();
        assertClean(2_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"jetsink.offsets.>\": \"jetsink.moved.>\"",
                "\"jetsink.offsets.*.*.*\": \"jetsink.moved.{{partition(3,2)}}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}\"",
                "\"jetsink.offsets.>\": [ { destination: \"jetsink.moved.>\", weight: 100% } ]"
            })
    void aMappingOfMarkersFailsTheTaskBeforeItStoresAnything(String mapping) throws Exception {
        nats.reload("mappings { " + mapping + " }");
        create(stream());

        assertFails(begin(0, Map.of()), "once-0", "jetsink.offsets.once.once.0", "mappings of the NATS account");
        assertThat(records()).isZero();
    }

    @Test
    void aMappingThatIsAddedUnderARunningTaskIsNamedAndStoresNothingTwice() throws Exception {
        create(stream());
        FakeWorker worker = begin(0, Map.of());
        worker.feed(1_000);
        worker.drain();
        nats.reload("mappings { \"jetsink.offsets.>\": \"jetsink.moved.>\" }");
        worker.offer(500);
        worker.until(
                "the mapping to be named",
                SOON,
                () -> !logged.lines("mappings of the NATS account").isEmpty());
        assertThat(worker.committable()).isEqualTo(1_000);
        assertThat(logged.lines("too many inflight")).isEmpty();

        // A server keeps the mappings of an account that has none left in its configuration.
        nats.reload("mappings { unrelated: other }");
        worker.feed(500);
        worker.drain();
        assertClean(2_000);
    }

    @Test
    void aMappingOfHalfOfTheMarkersStoresNothingTwice() throws Exception {
        create(stream());
        FakeWorker worker = begin(0, Map.of());
        worker.feed(1_000);
        worker.drain();
        nats.reload("mappings { \"jetsink.offsets.>\": [ { destination: \"jetsink.moved.>\", weight: 50% } ] }");
        worker.feed(2_000);
        worker.drain();

        assertClean(3_000);
    }

    private void assertFails(FakeWorker worker, String... words) {
        assertThatThrownBy(() -> {
                    worker.offer(500);
                    worker.until("the task to fail", SOON, () -> false);
                })
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll(words);
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder()
                .name(STREAM)
                .subjects(STREAM, STREAM + ".>", "jetsink.>")
                .allowAtomicPublish()
                .allowRollup(true);
    }

    private void create(StreamConfiguration.Builder stream) throws Exception {
        try (Connection connection = nats.connect()) {
            connection.jetStreamManagement().addStream(stream.build());
        }
    }

    private void update(StreamConfiguration.Builder stream) throws Exception {
        try (Connection connection = nats.connect()) {
            connection.jetStreamManagement().updateStream(stream.build());
        }
    }

    private long stored() throws Exception {
        try (Connection connection = nats.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(STREAM)
                    .getStreamState()
                    .getMsgCount();
        }
    }

    /** Without markers. */
    private long records() throws Exception {
        try (Connection connection = nats.connect()) {
            return StreamChecker.read(connection, STREAM).entries().size();
        }
    }

    private void assertClean(long consumed) throws Exception {
        try (Connection connection = nats.connect()) {
            StreamChecker.read(connection, STREAM).report(List.of(consumed)).assertClean();
        }
    }

    private FakeWorker begin(long offset, Map<String, String> more) {
        return begin(new NatsJetStreamSinkTask(), offset, more);
    }

    private FakeWorker begin(NatsJetStreamSinkTask task, long offset, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name", STREAM,
                "topics", STREAM,
                "nats.servers", nats.url(),
                "jetstream.stream", STREAM,
                "delivery.guarantee", "exactly-once"));
        config.putAll(more);
        FakeWorker worker = new FakeWorker(STREAM, task);
        worker.seek(offset);
        worker.start(config);
        running.add(worker);
        return worker;
    }
}
