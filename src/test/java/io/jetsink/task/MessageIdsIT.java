package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.Connection;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code message.id} on real servers: what is sent again is stored once, and what is taken for it is told. */
class MessageIdsIT {
    private static final String STREAM = "orders";
    private static final String TOLD = "already has a message with this id";

    private final List<AutoCloseable> opened = new ArrayList<>();
    private Logged logged;

    @BeforeEach
    void listen() {
        logged = track(Logged.begin());
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_15, fast", "V2_15, async", "V2_15, sync", "V2_10, async", "V2_10, auto"})
    void aReplayAfterACrashIsStoredOnceAndTold(NatsBinary version, String mode) throws Exception {
        NatsServer server = server(version);
        Connection direct = stream(server, version);
        FakeWorker first = begin(server.url(), Map.of("publish.mode", mode, "message.id", "coordinates"));
        first.feed(300);
        first.drain();
        assertThat(logged.lines(TOLD)).isEmpty();

        // Nothing was committed: another task begins where this one began.
        FakeWorker second = begin(server.url(), Map.of("publish.mode", mode, "message.id", "coordinates"));
        second.feed(350);
        second.drain();

        StreamChecker.read(direct, STREAM).assertClean(List.of(350L));
        assertThat(logged.lines(TOLD))
                .isNotEmpty()
                .allSatisfy(
                        line -> assertThat(line).startsWith("WARN orders-0@").contains("nothing was stored"));
        // Once for each power of two: 1, 2, 4, … 256.
        assertThat(logged.lines(TOLD)).hasSizeLessThanOrEqualTo(9);
        assertThat(logged.lines(TOLD).get(0)).startsWith("WARN orders-0@0: ");
        MessageInfo message = direct.jetStreamManagement().getMessage(STREAM, 300);
        assertThat(message.getHeaders().get("Nats-Msg-Id")).containsExactly("orders%20to-nats:orders:0:299");
    }

    /** What the test above would find if ids did nothing. */
    @Test
    void withoutIdsAReplayIsThereTwice() throws Exception {
        NatsServer server = server(NatsBinary.V2_15);
        Connection direct = stream(server, NatsBinary.V2_15);
        for (int task = 0; task < 2; task++) {
            FakeWorker worker = begin(server.url(), Map.of("publish.mode", "fast"));
            worker.feed(300);
            worker.drain();
        }

        assertThat(StreamChecker.read(direct, STREAM).report(List.of(300L)).duplicated())
                .isEqualTo(300);
        assertThat(logged.lines(TOLD)).isEmpty();
    }

    /** A server that is killed forgets its batches, so what has no ack is sent again, whether it is stored or not. */
    @ParameterizedTest
    @ValueSource(strings = {"coordinates", "none"})
    void aBatchOfUnknownOutcomeIsStoredOnceIfItHasIds(String ids) throws Exception {
        NatsServer server = server(NatsBinary.V2_15);
        Connection direct = stream(server, NatsBinary.V2_15);
        FaultProxy proxy = track(FaultProxy.to(server));
        FakeWorker worker = begin(proxy.url(), Map.of("publish.mode", "fast", "message.id", ids));
        worker.until(
                "a connection",
                Duration.ofSeconds(30),
                () -> !logged.lines("connected to").isEmpty());
        // Until a batch has taken a whole poll, and so is open.
        do {
            worker.offer(400);
        } while (!isStored(direct, worker.consumed()));
        proxy.dropAnswers(true);
        worker.offer(300);
        assertThat(isStored(direct, worker.consumed())).isTrue();

        server.kill9();
        server.restart();
        proxy.dropAnswers(false);
        worker.drain();
        worker.feed(100);
        worker.drain();

        assertThat(logged.lines("messages is unknown")).hasSize(1);
        StreamReport report =
                StreamChecker.read(track(server.connect()), STREAM).report(List.of(worker.consumed()));
        if (ids.equals("none")) {
            assertThat(report.duplicated()).isGreaterThanOrEqualTo(300);
            report.assertOrderedAtLeastOnce();
        } else {
            report.assertClean();
        }
        // Each of them was sent before: that is nothing to worry about.
        assertThat(logged.lines(TOLD)).isEmpty();
    }

    /** Ids that repeat for new data: nothing of it is stored, and that is told. */
    @ParameterizedTest
    @ValueSource(strings = {"fast", "async"})
    void recordsThatAreSwallowedAreTold(String mode) throws Exception {
        NatsServer server = server(NatsBinary.V2_15);
        Connection direct = stream(server, NatsBinary.V2_15);
        FakeWorker worker = begin(server.url(), Map.of("publish.mode", mode, "message.id", "header:id"));
        for (String id : List.of("a", "b", "a", "", "", "c")) {
            ConnectHeaders headers = new ConnectHeaders();
            headers.addString("id", "old");
            headers.addString("id", id);
            worker.offer(new SinkRecord(
                    "orders", 0, null, null, null, id.getBytes(UTF_8), worker.consumed(), null, null, headers));
            worker.drain();
        }

        assertThat(stored(direct)).isEqualTo(5);
        assertThat(logged.lines(TOLD))
                .singleElement()
                .satisfies(
                        line -> assertThat(line).startsWith("WARN orders-0@2: ").contains("change message.id.prefix"));
    }

    private NatsServer server(NatsBinary version) {
        return track(NatsServer.builder().version(version).start());
    }

    private Connection stream(NatsServer server, NatsBinary version) throws Exception {
        Connection direct = track(server.connect());
        StreamConfiguration.Builder stream =
                StreamConfiguration.builder().name(STREAM).subjects(STREAM);
        if (version == NatsBinary.V2_15) {
            stream.allowBatched();
        }
        direct.jetStreamManagement().addStream(stream.build());
        return direct;
    }

    private static long stored(Connection direct) throws Exception {
        return direct.jetStreamManagement()
                .getStreamInfo(STREAM)
                .getStreamState()
                .getMsgCount();
    }

    /** Whether so many messages are there within some seconds, though nobody calls the task. */
    private static boolean isStored(Connection direct, long messages) {
        try {
            Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> stored(direct) == messages);
            return true;
        } catch (ConditionTimeoutException fewer) {
            return false;
        }
    }

    private FakeWorker begin(String url, Map<String, String> more) {
        FakeWorker worker = new FakeWorker(STREAM, new NatsJetStreamSinkTask());
        Map<String, String> config = new HashMap<>(Map.of(
                "name", "orders to-nats", "nats.servers", url, "jetstream.stream", STREAM, "errors.tolerance", "all"));
        config.putAll(more);
        opened.add(worker::stop);
        worker.start(config);
        return worker;
    }

    private <T extends AutoCloseable> T track(T resource) {
        opened.add(resource);
        return resource;
    }
}
