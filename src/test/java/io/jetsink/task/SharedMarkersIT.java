package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.stream.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exactly-once where a service answers whatever has a reply subject, markers and commits among it. */
class SharedMarkersIT extends OneServer {
    private static final String STREAM = "once";
    private static final int RECORDS = 1_000;
    private static final Duration SOON = Duration.ofSeconds(20);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ok",
                "{\"error\":\"no stock\"}",
                "{\"error\":{\"code\":404,\"description\":\"no stock\"}}",
                "{\"stream\":\"OTHER\",\"seq\":1}",
                "{\"stream\":\"once\",\"seq\":7,\"batch\":\"other\",\"count\":3}"
            })
    void storesEachRecordOnce(String answer) throws Exception {
        try (Connection connection = nats.connect();
                Connection other = nats.connect();
                Logged logged = Logged.begin()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects(STREAM, "jetsink.offsets.>")
                            .maximumMessageSize(2_000)
                            .allowAtomicPublish()
                            .allowRollup(true)
                            .build());
            Dispatcher service = other.createDispatcher(message -> {
                if (message.getReplyTo() != null) {
                    other.publish(message.getReplyTo(), answer.getBytes(StandardCharsets.US_ASCII));
                }
            });
            service.subscribe(STREAM).subscribe("jetsink.offsets.>");
            other.flush(SOON);
            FakeWorker worker = new FakeWorker(STREAM, new NatsJetStreamSinkTask());
            started.add(worker);
            worker.start(Map.of(
                    "name", STREAM,
                    "topics", STREAM,
                    "nats.servers", nats.url(),
                    "jetstream.stream", STREAM,
                    "delivery.guarantee", "exactly-once"));
            worker.feed(RECORDS);
            worker.drain(SOON);

            StreamChecker.read(connection, STREAM).assertClean(List.of((long) RECORDS));
            assertThat(logged.lines("no working link")).isEmpty();
            assertThat(logged.lines("ignored an answer"))
                    .singleElement()
                    .asString()
                    .contains("subject jetsink.offsets.once.once.0");
        }
    }
}
