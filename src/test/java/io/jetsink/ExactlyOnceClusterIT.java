package io.jetsink;

import io.jetsink.support.NatsCluster;
import io.jetsink.support.NatsServer;
import io.jetsink.support.StreamChecker;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exactly-once into a replicated stream whose leader goes while a batch is under way. */
class ExactlyOnceClusterIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static NatsCluster cluster;

    @BeforeAll
    static void start() {
        cluster = NatsCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void leadersThatGoLeaveNoTrace() throws Exception {
        loseLeaders("short", 2);
    }

    @Tag("faults")
    @Test
    void manyLeadersThatGoLeaveNoTrace() throws Exception {
        loseLeaders("long", 20);
    }

    /** By turns they are killed, and step down. */
    private static void loseLeaders(String stream, int times) throws Exception {
        Random random = new Random(4711);
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
        FakeWorker worker = new FakeWorker(stream, new NatsJetStreamSinkTask());
        worker.start(Map.of(
                "name",
                stream,
                "topics",
                stream,
                "nats.servers",
                String.join(",", cluster.urls()),
                "jetstream.stream",
                stream,
                "delivery.guarantee",
                "exactly-once",
                "publish.ack.timeout.ms",
                "1000"));
        try {
            for (int i = 0; i < times; i++) {
                worker.feed(1_000 + random.nextInt(3_000));
                worker.offer(1_500);
                if (i % 2 == 0) {
                    NatsServer leader = cluster.streamLeader(stream);
                    worker.offer(1_500);
                    leader.kill9();
                    worker.offer(500);
                    leader.restart();
                } else {
                    cluster.stepDown(stream);
                }
                worker.feed(1_000);
                // A fenced partition could not be drained.
                worker.drain(PATIENCE);
                cluster.awaitReady();
            }
            try (Connection connection = cluster.connect()) {
                StreamChecker.read(connection, stream)
                        .report(List.of(worker.consumed()))
                        .assertClean();
            }
        } finally {
            worker.stop();
        }
    }
}
