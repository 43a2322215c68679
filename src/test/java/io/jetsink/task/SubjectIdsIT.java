package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code message.id=subject} and a stream that keeps the first message of each subject. */
class SubjectIdsIT {
    private static final String STREAM = "orders";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private Logged logged;
    private NatsServer nats;
    private Connection direct;

    @BeforeEach
    void listen() {
        logged = Logged.begin();
        opened.add(logged);
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_15, auto", "V2_15, async", "V2_15, sync", "V2_10, auto", "V2_9, async"})
    void aReplayAfterACrashIsStoredOnce(NatsBinary version, String mode) throws Exception {
        server(version);
        FakeWorker first = start(Map.of("publish.mode", mode, "message.id", "subject"));
        first.feed(200);
        first.drain(PATIENCE);
        assertThat(logged.lines("already has a message with this id")).isEmpty();

        // Nothing was committed: another task begins where this one began.
        FakeWorker second = start(Map.of("publish.mode", mode, "message.id", "subject"));
        second.feed(250);
        second.drain(PATIENCE);

        assertThat(stored()).isEqualTo(250);
        assertThat(second.rejected).isEmpty();
        // In fast, each one ends a batch, and what is sent again behind it is not counted.
        assertThat(logged.lines("already has a message with this id"))
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(8);
        assertThat(logged.lines("no working link")).isEmpty();
        assertThat(logged.lines("discard_new_per_subject")).isEmpty();
    }

    /** A subject that repeats amid others, which are stored behind it. */
    @ParameterizedTest
    @CsvSource({"fast", "async"})
    void goesOnBehindASubjectThatRepeats(String mode) throws Exception {
        server(NatsBinary.V2_15);
        FakeWorker worker = start(Map.of("publish.mode", mode, "message.id", "subject"));
        worker.deliver(offset -> record(offset, offset % 50 == 7 ? "k0" : "k" + offset));
        worker.feed(1_000);
        worker.drain(PATIENCE);

        assertThat(stored()).isEqualTo(980);
        assertThat(worker.rejected).isEmpty();
        assertThat(logged.lines("no working link")).isEmpty();
    }

    /** Told at start, and the wait names what ends it. */
    @Test
    void withoutItSuchAStreamIsWarnedOf() throws Exception {
        server(NatsBinary.V2_15);
        FakeWorker worker = start(Map.of("publish.mode", "async"));
        for (String key : List.of("a", "b", "a", "c")) {
            worker.offer(record(worker.consumed(), key));
        }
        worker.until(
                "a WARN",
                PATIENCE,
                () -> !logged.lines("maximum messages per subject exceeded").isEmpty());

        assertThat(logged.lines("has discard_new_per_subject"))
                .singleElement()
                .asString()
                .startsWith("WARN ")
                .contains("message.id=subject");
        assertThat(logged.lines("maximum messages per subject exceeded").get(0))
                .startsWith("WARN ")
                .contains("message.id=subject")
                .doesNotContain("there is no room");
    }

    private void server(NatsBinary version) throws Exception {
        nats = NatsServer.builder().version(version).start();
        opened.add(nats);
        direct = nats.connect();
        opened.add(direct);
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(STREAM)
                .subjects("orders.*")
                .discardPolicy(DiscardPolicy.New)
                .discardNewPerSubject(true)
                .maxMessagesPerSubject(1);
        if (version == NatsBinary.V2_15) {
            stream.allowBatched();
        }
        direct.jetStreamManagement().addStream(stream.build());
    }

    private FakeWorker start(Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "once",
                "topics",
                STREAM,
                "nats.servers",
                nats.url(),
                "jetstream.stream",
                STREAM,
                "subject",
                "orders.${key}",
                "errors.tolerance",
                "all"));
        config.putAll(more);
        FakeWorker worker = new FakeWorker(STREAM, new NatsJetStreamSinkTask());
        worker.deliver(offset -> record(offset, "k" + offset));
        opened.add(worker::stop);
        worker.start(config);
        return worker;
    }

    private static SinkRecord record(long offset, String key) {
        return new SinkRecord(STREAM, 0, null, key, null, ("v" + offset).getBytes(UTF_8), offset);
    }

    private long stored() throws Exception {
        return direct.jetStreamManagement()
                .getStreamInfo(STREAM)
                .getStreamState()
                .getMsgCount();
    }
}
