package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Somebody who may publish into the connector's inbox answers its messages in the place of the stream, which is made to take
 * them no more. No offset moves by that.
 */
class ForgedAcksIT {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int BEFORE = 10;
    private static final List<String> FORGERIES = List.of(
            "{'stream':'OTHER','seq':11}",
            "{'stream':'OTHER','seq':12,'batch':'$B','count':10}",
            "{'stream':'$S','seq':0}",
            "{'stream':'$S','seq':0,'batch':'$B','count':10}",
            "{'stream':'$S','seq':9223372036854775807}",
            "{'stream':'$S','seq':9223372036854775807,'batch':'$B','count':10}",
            "{'stream':'$S','seq':18446744073709551615}",
            "{'stream':'$S','seq':11,'duplicate':true}",
            "{'stream':'$S','seq':11,'duplicate':true,'batch':'$B','count':10}",
            "{'type':'ack','seq':1000000,'msgs':10}",
            "+OK",
            "");
    private static final AtomicInteger STREAMS = new AtomicInteger();
    private static NatsServer nats;

    private final String stream = "orders" + STREAMS.incrementAndGet();
    private final AtomicInteger forged = new AtomicInteger();

    @BeforeAll
    static void start() {
        nats = NatsServer.start();
    }

    @AfterAll
    static void stop() {
        nats.close();
    }

    static Stream<Arguments> forgeries() {
        return Stream.of("async", "fast", "exactly-once")
                .flatMap(mode -> FORGERIES.stream().map(forgery -> Arguments.of(mode, forgery)));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void moveNoOffset(String mode, String forgery) throws Exception {
        try (Connection connection = nats.connect();
                Logged logged = Logged.begin()) {
            FakeWorker worker = begin(connection, mode);
            boolean failed = isStoppedBy(worker, connection, logged, forgery);

            assertThat(forged).hasPositiveValue();
            assertThat(count(connection)).isEqualTo(mode.equals("exactly-once") ? BEFORE + 1 : BEFORE);
            if (!failed) {
                connection.jetStreamManagement().updateStream(stream(stream + ".>"));
                worker.drain();
                StreamChecker.read(connection, stream).assertClean(List.of(worker.consumed()));
            }
            worker.stop();
        }
    }

    /** The control: an ack that is right in all it says cannot be told from the server's. Hence inboxes of one's own. */
    @Test
    void areBelievedIfNothingIsWrongWithThem() throws Exception {
        try (Connection connection = nats.connect();
                Logged logged = Logged.begin()) {
            FakeWorker worker = begin(connection, "async");
            take(connection, "elsewhere.>");
            Dispatcher forger = forge(connection, "{'stream':'$S','seq':11}");
            worker.offer(BEFORE);
            worker.drain(SOON);
            connection.closeDispatcher(forger);

            assertThat(count(connection)).isEqualTo(BEFORE);
            assertThat(logged.lines("no working link")).isEmpty();
            worker.stop();
        }
    }

    private FakeWorker begin(Connection connection, String mode) throws Exception {
        connection.jetStreamManagement().addStream(stream(stream + ".>"));
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                stream,
                "topics",
                "in",
                "nats.servers",
                nats.url(),
                "jetstream.stream",
                stream,
                "subject",
                stream + ".records",
                "exactly.once.marker.prefix",
                stream + ".markers",
                "publish.ack.timeout.ms",
                "300"));
        config.put(mode.equals("exactly-once") ? "delivery.guarantee" : "publish.mode", mode);
        FakeWorker worker = new FakeWorker("in", new NatsJetStreamSinkTask());
        worker.start(config);
        worker.feed(BEFORE);
        worker.drain();
        return worker;
    }

    /** Offers records that only the forger answers, until an epoch ends by it. */
    private boolean isStoppedBy(FakeWorker worker, Connection connection, Logged logged, String forgery)
            throws Exception {
        take(connection, "elsewhere.>");
        Dispatcher forger = forge(connection, forgery);
        try {
            worker.offer(BEFORE);
            worker.until("the epoch to end", SOON, () -> {
                assertThat(worker.committable()).isEqualTo(BEFORE);
                return forged.get() > 0 && !logged.lines("no working link").isEmpty();
            });
            return false;
        } catch (ConnectException stopped) {
            assertThat(stopped).hasMessageContaining("'OTHER'");
            assertThat(worker.committable()).isEqualTo(BEFORE);
            return true;
        } finally {
            connection.closeDispatcher(forger);
        }
    }

    private Dispatcher forge(Connection connection, String forgery) throws Exception {
        Dispatcher forger = connection.createDispatcher(message -> {
            if (message.getReplyTo() != null) {
                connection.publish(message.getReplyTo(), answer(message, forgery));
                forged.incrementAndGet();
            }
        });
        forger.subscribe(stream + ".>");
        connection.flush(SOON);
        return forger;
    }

    private byte[] answer(Message message, String forgery) {
        String batch = message.hasHeaders() ? message.getHeaders().getFirst("Nats-Batch-Id") : null;
        return forgery.replace('\'', '"')
                .replace("$S", stream)
                .replace("$B", batch == null ? "batch" : batch)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private void take(Connection connection, String subjects) throws Exception {
        connection.jetStreamManagement().updateStream(stream(stream + "-" + subjects));
    }

    private StreamConfiguration stream(String subject) {
        return StreamConfiguration.builder()
                .name(stream)
                .subjects(subject)
                .allowBatched()
                .allowAtomicPublish()
                .allowRollup(true)
                .build();
    }

    private long count(Connection connection) throws Exception {
        return connection
                .jetStreamManagement()
                .getStreamInfo(stream)
                .getStreamState()
                .getMsgCount();
    }
}
