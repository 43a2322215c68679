package io.jetsink.task;

import static io.jetsink.task.TaskRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.Publisher;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.LinkedHashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the connector makes of a real server that dies, hangs, or is another one than it should be. */
class LinkIT {
    @RegisterExtension
    final TaskRig rig = new TaskRig("orders");

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync"})
    void sendsAgainInOrderWhatAKilledServerHasNotAcked(String mode) throws Exception {
        FakeWorker worker = startProven("publish.mode", mode);
        Publisher first = rig.link().currentPublisher();
        rig.nats.sigstop();
        worker.offer(500);
        assertThat(worker.committable()).isEqualTo(1_000);

        rig.nats.kill9();
        rig.nats.restart();
        worker.settle(500);

        assertThat(rig.link().currentPublisher()).isNotNull().isNotSameAs(first);
        StreamReport report = rig.report();
        report.assertOrderedAtLeastOnce();
        assertThat(report.delivered()).isEqualTo(2_000);
    }

    @Test
    void replacesTheLinkToAServerThatStandsStill() throws Exception {
        FakeWorker worker = startProven("publish.ack.timeout.ms", "1200", "nats.connect.timeout.ms", "500");
        Publisher first = rig.link().currentPublisher();
        rig.nats.sigstop();
        worker.offer(500);

        worker.until("the link to be given up", PATIENCE, () -> rig.link().currentPublisher() != first);
        // After the ack timeout a PING is sent; its answer is awaited for two seconds.
        rig.untilFailed("no answer to a PING");
        rig.nats.sigcont();
        worker.settle(500);

        StreamReport report = rig.report();
        assertThat(report.lost()).isZero();
        assertThat(report.outOfOrder()).isZero();
    }

    @Test
    void asksSeldomWhileTheStreamIsMissing() throws Exception {
        FakeWorker worker = startProven();
        rig.ask(streams -> streams.deleteStream(rig.name));
        worker.offer(500);
        rig.untilFailed("there is no stream");
        long messages = rig.nats.varz("in_msgs");
        long connections = rig.nats.varz("total_connections");
        rig.pass(Duration.ofSeconds(5));
        messages = rig.nats.varz("in_msgs") - messages;
        connections = rig.nats.varz("total_connections") - connections;
        assertThat(worker.committable()).isEqualTo(1_000);

        rig.create(rig.stream());
        worker.drain();

        // Each attempt is a connection with a message or two. More than one, or nothing would have been tried again.
        assertThat(messages).isBetween(2L, 20L);
        assertThat(connections).isBetween(2L, 20L);
        assertThat(rig.stored()).isEqualTo(500);
    }

    @Test
    void goesOnWithAServerThatItHasDiscovered() throws Exception {
        try (NatsCluster cluster = NatsCluster.start()) {
            cluster.ask(streams -> streams.addStream(rig.stream().replicas(3).build()));
            // Not the stream's leader, whose loss would stop the stream for a while.
            NatsServer leader = cluster.streamLeader(rig.name);
            NatsServer configured = cluster.server(cluster.server(0) == leader ? 1 : 0);
            FakeWorker worker = rig.start("nats.servers", configured.url(), "nats.connect.timeout.ms", "1000");
            worker.settle(500);

            configured.kill9();
            worker.settle(500);

            // At-least-once: what was under way may be there twice.
            assertThat(new LinkedHashSet<>(rig.sequencesFromLeader(leader))).containsExactlyElementsOf(rig.numbers());
            worker.stop();
        }
    }

    @Test
    void bestEffortKeepsWhatItReadWithoutAConnection() throws Exception {
        FakeWorker worker = startProven("delivery.guarantee", "best-effort");
        // A server has read what was written to it before it has stored it.
        rig.awaitStored(1_000);

        rig.nats.kill9();
        worker.until("the loss to be known", PATIENCE, () -> rig.link().currentPublisher() == null);
        worker.offer(500);
        assertThat(worker.committable()).isEqualTo(1_000);
        rig.nats.restart();
        worker.drain();

        rig.report().assertClean();
    }

    private FakeWorker startProven(String... config) {
        rig.create(rig.stream());
        return rig.start(config).settle(1_000);
    }
}
