package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service that replies to each message of the subject, as it did before a stream was put over it. */
class SharedSubjectIT {
    private static final int RECORDS = 1_000;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final AtomicInteger STREAMS = new AtomicInteger();
    private static NatsServer nats;

    private final String stream = "shared" + STREAMS.incrementAndGet();

    @BeforeAll
    static void start() {
        nats = NatsServer.start();
    }

    @AfterAll
    static void stop() {
        nats.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "publish.mode | async | ok",
                "publish.mode | async | {\"error\":\"no stock\"}",
                "publish.mode | async | {\"stream\":\"OTHER\",\"seq\":1}",
                "publish.mode | sync  | ok",
                "publish.mode | sync  | {\"error\":{\"code\":404,\"description\":\"no stock\"}}",
                "publish.mode | fast  | ok",
                "publish.mode | fast  | {\"stream\":\"OTHER\",\"seq\":1}",
                "publish.mode | fast  | {\"error\":{\"code\":404,\"description\":\"no stock\"}}",
            })
    void storesEachRecordOnceAndLogsWhoElseAnswers(String key, String mode, String answer) throws Exception {
        try (Connection connection = nats.connect();
                Connection other = nats.connect();
                Logged logged = Logged.begin()) {
            service(connection, other, answer);
            FakeWorker worker = begin(Map.of(key, mode));
            worker.feed(RECORDS);
            worker.drain();

            StreamChecker.read(connection, stream).assertClean(List.of((long) RECORDS));
            assertThat(logged.lines("no working link")).isEmpty();
            assertThat(logged.lines("ignored an answer"))
                    .singleElement()
                    .asString()
                    .contains("subject " + stream + ".orders.0");
            worker.stop();
        }
    }

    @Test
    void countsNoAnswerOfAServiceAsALostMessage() throws Exception {
        try (Connection connection = nats.connect();
                Connection other = nats.connect();
                Logged logged = Logged.begin()) {
            Dispatcher service = service(connection, other, "{\"error\":\"no stock\"}");
            FakeWorker worker = begin(Map.of("delivery.guarantee", "best-effort"));
            worker.feed(RECORDS);
            worker.drain();
            worker.until("the service to have answered", SOON, () -> service.getDeliveredCount() >= RECORDS);
            other.flush(SOON);
            worker.until(
                    "the answers to be read",
                    SOON,
                    () -> !logged.lines("ignored an answer").isEmpty());

            assertThat(logged.lines("are lost")).isEmpty();
            StreamChecker.read(connection, stream).assertClean(List.of((long) RECORDS));
            worker.stop();
        }
    }

    private Dispatcher service(Connection connection, Connection other, String answer) throws Exception {
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(stream)
                        .subjects(stream + ".>")
                        .allowBatched()
                        .build());
        Dispatcher service = other.createDispatcher(message -> {
            if (message.getReplyTo() != null) {
                other.publish(message.getReplyTo(), answer.getBytes(StandardCharsets.US_ASCII));
            }
        });
        service.setPendingLimits(-1, -1);
        service.subscribe(stream + ".orders.*");
        other.flush(SOON);
        return service;
    }

    private FakeWorker begin(Map<String, String> more) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                stream,
                "topics",
                "orders",
                "nats.servers",
                nats.url(),
                "jetstream.stream",
                stream,
                "subject",
                stream + ".orders.${partition}"));
        config.putAll(more);
        FakeWorker worker = new FakeWorker("orders", new NatsJetStreamSinkTask());
        worker.start(config);
        return worker;
    }
}
