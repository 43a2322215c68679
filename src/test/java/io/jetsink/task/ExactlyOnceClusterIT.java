package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exactly-once into a replicated stream whose leader goes while a batch is under way, each server behind a proxy. */
class ExactlyOnceClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final List<FaultProxy> PROXIES = new ArrayList<>();
    private static NatsCluster cluster;

    private FakeWorker worker;
    private Logged logged;

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

    @AfterEach
    void stopWorker() {
        worker.stop();
        logged.close();
    }

    @Test
    void leadersThatGoWithTheAckLeaveNoTrace() throws Exception {
        loseLeadersAndAcks("short", 2);
    }

    @Tag("faults")
    @Test
    void manyLeadersThatGoWithTheAckLeaveNoTrace() throws Exception {
        loseLeadersAndAcks("long", 20);
    }

    /** A batch is stored and the ack of its commit lost. Then the leader that gave it is killed or, by turns, steps down. */
    private void loseLeadersAndAcks(String stream, int times) throws Exception {
        begin(stream);
        for (int i = 0; i < times; i++) {
            // Everything is claimed and settled here, so the next answer is the one to a commit.
            NatsServer leader = cluster.streamLeader(stream);
            long dropped = dropped();
            long stored = lastSequence(stream);
            PROXIES.forEach(proxy -> proxy.dropAnswers(true));
            worker.offer(1_500);
            worker.until("the ack of a commit to get lost", SOON, () -> dropped() > dropped);
            assertThat(lastSequence(stream)).as("the batch is stored").isGreaterThan(stored);
            if (i % 2 == 0) {
                leader.kill9();
                worker.offer(500);
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
            long stored = lastSequence("taken");
            others.forEach(NatsServer::sigstop);
            long received = received(leader);
            worker.offer(500);
            worker.until("the leader to have a batch", SOON, () -> received(leader) > received + 500);
            assertThat(worker.committable()).isEqualTo(worker.consumed() - 500);
            leader.kill9();
            others.forEach(NatsServer::sigcont);
            worker.offer(500);
            leader.restart();
            goOn();
            assertThat(lastSequence("taken")).isGreaterThan(stored);
        }
        assertClean("taken");
    }

    private void begin(String stream) throws Exception {
        logged = Logged.begin();
        try (Connection connection = cluster.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(stream)
                            .subjects(stream, "jetsink.offsets." + stream + ".>")
                            .replicas(3)
                            .allowAtomicPublish()
                            .allowRollup(true)
                            .build());
        }
        worker = new FakeWorker(stream, new NatsJetStreamSinkTask());
        worker.start(Map.of(
                "name",
                stream,
                "topics",
                stream,
                "nats.servers",
                PROXIES.stream().map(FaultProxy::url).collect(Collectors.joining(",")),
                "jetstream.stream",
                stream,
                "delivery.guarantee",
                "exactly-once",
                "publish.ack.timeout.ms",
                "1000"));
        worker.feed(1_000);
        worker.drain(PATIENCE);
    }

    private void goOn() {
        worker.feed(1_000);
        worker.drain(PATIENCE);
        cluster.awaitReady();
    }

    private void assertClean(String stream) throws Exception {
        assertThat(logged.lines("is fenced")).isEmpty();
        try (Connection connection = cluster.connect()) {
            StreamChecker.read(connection, stream)
                    .report(List.of(worker.consumed()))
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

    /** How many messages the server has taken from clients and other servers. */
    private static long received(NatsServer server) {
        try {
            return new ObjectMapper()
                    .readTree(server.monitor("/varz"))
                    .path("in_msgs")
                    .asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lastSequence(String stream) throws Exception {
        try (Connection connection = cluster.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(stream)
                    .getStreamState()
                    .getLastSequence();
        }
    }
}
