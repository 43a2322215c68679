package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsDomains;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hub and leaf node have a stream of one name each, and both streams store what the connector at the leaf publishes. */
class SharedDomainIT {
    private static final String STREAM = "orders";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int BEFORE = 250;
    private static final int MEANWHILE = 100;

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "fast", "exactly-once"})
    void noOffsetMovesByTheAcksOfTheOtherDomain(String mode) throws Exception {
        try (NatsDomains domains = NatsDomains.start();
                Logged logged = Logged.begin()) {
            NatsServer hub = domains.hub();
            NatsServer leaf = domains.leaf();
            createStream(hub);
            createStream(leaf);
            FakeWorker worker = begin(leaf, mode);
            worker.feed(BEFORE);
            worker.drain();
            assertThat(logged.lines("ignored an answer"))
                    .singleElement()
                    .asString()
                    .contains("stream orders in domain leaf", "stream orders in domain hub");
            assertThat(logged.lines("no working link")).isEmpty();

            hub.kill9();
            worker.offer(MEANWHILE);
            worker.until("the loss of the hub", SOON, () -> {
                assertThat(worker.committable()).isEqualTo(BEFORE);
                return !logged.lines("no working link").isEmpty();
            });
            hub.restart();
            worker.drain();
            try (Connection connection = hub.connect()) {
                assertThat(StreamChecker.read(connection, STREAM)
                                .report(List.of((long) BEFORE + MEANWHILE))
                                .lost())
                        .isZero();
            }
            worker.stop();
        }
    }

    private static void createStream(NatsServer server) throws Exception {
        try (Connection connection = server.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(STREAM)
                            .subjects("orders.*", "jetsink.offsets.>")
                            .allowBatched()
                            .allowAtomicPublish()
                            .allowRollup(true)
                            .build());
        }
    }

    private static FakeWorker begin(NatsServer leaf, String mode) {
        Map<String, String> config = new HashMap<>(Map.of(
                "name",
                "orders-to-nats",
                "topics",
                "orders",
                "nats.servers",
                leaf.url(),
                "jetstream.domain",
                "hub",
                "jetstream.stream",
                STREAM,
                "subject",
                "orders.${partition}",
                mode.equals("exactly-once") ? "delivery.guarantee" : "publish.mode",
                mode,
                "publish.ack.timeout.ms",
                "1000"));
        FakeWorker worker = new FakeWorker("orders", new NatsJetStreamSinkTask());
        worker.start(config);
        return worker;
    }
}
