package io.jetsink.task;

import static io.jetsink.task.LinkRig.PATIENCE;
import static io.jetsink.task.LinkRig.STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.publish.Publisher;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the connector makes of a real server that dies, hangs, or is another one than it should be. */
class LinkIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final LinkRig rig = new LinkRig();

    @AfterEach
    void stop() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync"})
    void sendsAgainInOrderWhatAKilledServerHasNotAcked(String mode) throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), Map.of("publish.mode", mode));
            worker.feed(1_000);
            worker.drain();
            Publisher first = rig.task.link.currentPublisher();
            nats.sigstop();
            worker.offer(500);
            assertThat(worker.committable()).isEqualTo(1_000);

            nats.kill9();
            nats.restart();
            worker.feed(500);
            worker.drain();

            assertThat(rig.task.link.currentPublisher()).isNotNull().isNotSameAs(first);
            StreamReport report = LinkRig.report(nats, worker);
            report.assertOrderedAtLeastOnce();
            assertThat(report.delivered()).isEqualTo(2_000);
        }
    }

    @Test
    void replacesTheLinkToAServerThatStandsStill() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker =
                    rig.start(nats.url(), Map.of("publish.ack.timeout.ms", "1200", "nats.connect.timeout.ms", "500"));
            worker.feed(1_000);
            worker.drain();
            Publisher first = rig.task.link.currentPublisher();
            nats.sigstop();
            long begin = System.nanoTime();
            worker.offer(500);

            worker.until("the link to be given up", PATIENCE, () -> rig.task.link.currentPublisher() != first);
            Duration noticed = Duration.ofNanos(System.nanoTime() - begin);
            // Said a moment after the link is given up.
            worker.until(
                    "a reason", PATIENCE, () -> !rig.task.link.lastFailure().equals("no connection yet"));
            assertThat(rig.task.link.lastFailure()).contains("no answer to a PING");
            nats.sigcont();
            worker.feed(500);
            worker.drain();

            // The ack timeout, and two seconds for the answer to the probe.
            assertThat(noticed).isBetween(Duration.ofMillis(3_100), Duration.ofMillis(5_000));
            StreamReport report = LinkRig.report(nats, worker);
            assertThat(report.lost()).isZero();
            assertThat(report.outOfOrder()).isZero();
        }
    }

    @Test
    void asksSeldomWhileTheStreamIsMissing() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), Map.of());
            worker.feed(1);
            worker.drain();
            try (Connection connection = nats.connect()) {
                connection.jetStreamManagement().deleteStream(STREAM);
            }
            worker.offer(500);
            worker.until(
                    "a failure", PATIENCE, () -> rig.task.link.lastFailure().contains("there is no stream"));
            JsonNode before = JSON.readTree(nats.monitor("/varz"));
            long begin = System.nanoTime();
            worker.until("five seconds to pass", PATIENCE, () -> System.nanoTime() - begin > 5_000_000_000L);
            JsonNode after = JSON.readTree(nats.monitor("/varz"));
            assertThat(worker.committable()).isEqualTo(1);

            LinkRig.create(nats, LinkRig.stream());
            worker.drain();

            // Each attempt is a connection with a message or two. More than one, or nothing would have been tried
            // again.
            assertThat(grown("in_msgs", before, after)).isBetween(2L, 20L);
            assertThat(grown("total_connections", before, after)).isBetween(2L, 20L);
            assertThat(LinkRig.stored(nats)).isEqualTo(500);
        }
    }

    @Test
    void goesOnWithAServerThatItHasDiscovered() throws Exception {
        try (NatsCluster cluster = NatsCluster.start()) {
            try (Connection connection = cluster.connect()) {
                connection
                        .jetStreamManagement()
                        .addStream(LinkRig.stream().replicas(3).build());
            }
            // Not the stream's leader, whose loss would stop the stream for a while.
            NatsServer leader = cluster.streamLeader(STREAM);
            NatsServer configured = cluster.server(cluster.server(0) == leader ? 1 : 0);
            FakeWorker worker = rig.start(configured.url(), Map.of("nats.connect.timeout.ms", "1000"));
            worker.feed(500);
            worker.drain();

            configured.kill9();
            worker.feed(500);
            worker.drain();

            assertThat(LinkRig.sequencesFromLeader(leader)).containsExactlyElementsOf(LinkRig.numbers(worker));
        }
    }

    @Test
    void bestEffortKeepsWhatItReadWithoutAConnection() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), Map.of("delivery.guarantee", "best-effort"));
            worker.feed(1_000);
            worker.drain();
            // A server has read what was written to it before it has stored it.
            await().until(() -> LinkRig.stored(nats) == 1_000);

            nats.kill9();
            worker.until("the loss to be known", PATIENCE, () -> rig.task.link.currentPublisher() == null);
            worker.offer(500);
            assertThat(worker.committable()).isEqualTo(1_000);
            nats.restart();
            worker.drain();

            LinkRig.report(nats, worker).assertClean();
        }
    }

    private static long grown(String what, JsonNode before, JsonNode after) {
        return after.path(what).asLong() - before.path(what).asLong();
    }
}
