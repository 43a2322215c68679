package io.jetsink.task;

import static io.jetsink.task.TaskRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Exactly-once into a replicated stream whose leader goes while a batch is under way, each server behind a proxy. */
class ExactlyOnceClusterIT {
    private static final List<FaultProxy> PROXIES = new ArrayList<>();
    private static NatsCluster cluster;

    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("any").with("mode", "exactly-once", "publish.ack.timeout.ms", "1000");

    @BeforeAll
    static void start() {
        cluster = NatsCluster.startUnannounced();
        for (int i = 0; i < cluster.urls().size(); i++) {
            PROXIES.add(FaultProxy.to(cluster.server(i)));
        }
    }

    @AfterAll
    static void stop() {
        PROXIES.forEach(FaultProxy::close);
        PROXIES.clear();
        cluster.close();
    }

    /** A batch is stored and the ack of its commit lost. Then the leader that gave it is killed or, by turns, steps down. */
    @Test
    void leadersThatGoWithTheAckLeaveNoTrace() throws Exception {
        String stream = "acks";
        begin(stream);
        for (int i = 0; i < 2; i++) {
            // Everything is claimed and settled here, so the next answer is the one to a commit.
            NatsServer leader = cluster.streamLeader(stream);
            long dropped = dropped();
            long stored = cluster.lastSequence(stream);
            PROXIES.forEach(proxy -> proxy.dropAnswers(true));
            rig.worker.offer(1_500);
            rig.worker.until("the ack of a commit to get lost", PATIENCE, () -> dropped() > dropped);
            assertThat(cluster.lastSequence(stream)).as("the batch is stored").isGreaterThan(stored);
            if (i % 2 == 0) {
                leader.kill9();
                rig.worker.offer(500);
                leader.restart();
            } else {
                cluster.stepDown(stream);
            }
            PROXIES.forEach(proxy -> proxy.dropAnswers(false));
            goOn();
        }
        assertClean(stream);
    }

    /**
     * The leader takes a whole batch and cannot store it, because the others stand still. Then it is killed. What is in
     * their sockets may be enough for them to store it all the same: nobody knows.
     */
    @Tag("faults")
    @Test
    void batchesThatLeadersTakeWithThemLeaveNoTrace() throws Exception {
        begin("taken");
        for (int i = 0; i < 10; i++) {
            NatsServer leader = leadByTheServerInUse("taken");
            List<NatsServer> others =
                    cluster.servers().stream().filter(s -> s != leader).toList();
            long stored = cluster.lastSequence("taken");
            others.forEach(NatsServer::sigstop);
            long received = leader.varz("in_msgs");
            rig.worker.offer(500);
            rig.worker.until("the leader to have a batch", PATIENCE, () -> leader.varz("in_msgs") > received + 500);
            assertThat(rig.worker.committable()).isEqualTo(rig.worker.consumed() - 500);
            leader.kill9();
            others.forEach(NatsServer::sigcont);
            rig.worker.offer(500);
            leader.restart();
            goOn();
            assertThat(cluster.lastSequence("taken")).isGreaterThan(stored);
        }
        assertClean("taken");
    }

    private void begin(String stream) throws Exception {
        StreamConfiguration.Builder made = rig.anyMode(stream, "jetsink.offsets." + stream + ".>");
        cluster.ask(streams -> streams.addStream(made.name(stream).replicas(3).build()));
        rig.start(
                "name", stream,
                "topics", stream,
                "jetstream.stream", stream,
                "nats.servers", PROXIES.stream().map(FaultProxy::url).collect(Collectors.joining(",")));
        rig.worker.feed(1_000);
        rig.worker.drain(PATIENCE);
    }

    private void goOn() {
        rig.worker.feed(1_000);
        rig.worker.drain(PATIENCE);
        cluster.awaitReady();
    }

    private void assertClean(String stream) throws Exception {
        assertThat(rig.logged.lines("is fenced")).isEmpty();
        try (Connection connection = cluster.connect()) {
            StreamChecker.read(connection, stream)
                    .report(List.of(rig.worker.consumed()))
                    .assertClean();
        }
    }

    /** Makes leaders step down until it is the one that the task is connected to. */
    private static NatsServer leadByTheServerInUse(String stream) {
        NatsServer leader = cluster.streamLeader(stream);
        while (PROXIES.get(cluster.servers().indexOf(leader)).connections() == 0) {
            leader = cluster.stepDown(stream);
        }
        return leader;
    }

    private static long dropped() {
        return PROXIES.stream().mapToLong(FaultProxy::dropped).sum();
    }
}
