package io.jetsink.task;

import static io.jetsink.task.FastRig.PATIENCE;
import static io.jetsink.task.FastRig.STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Fast-ingest through faults of network and servers, with a steady load. Each fault has a short form, and a long one that
 * runs with {@code -Pfaults}. Each waits until records flow again after the one before.
 */
public class FastFaultsIT {
    private static final int WINDOW = 4096;

    private FastRig rig;

    @BeforeEach
    void open() {
        rig = new FastRig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    @Test
    void leavesNoTraceOfResets() throws Exception {
        resets(rig.single(), 5);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfManyResets() throws Exception {
        resets(rig.single(), 20);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfManyResetsInACluster() throws Exception {
        resets(rig.replicated(), 20);
    }

    @Test
    void leavesNoTraceOfShortBlackHoles() throws Exception {
        blackHoles(rig.single(), 2);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfSeveralShortBlackHoles() throws Exception {
        blackHoles(rig.single(), 5);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfSeveralShortBlackHolesInACluster() throws Exception {
        blackHoles(rig.replicated(), 5);
    }

    @Test
    @Tag("faults")
    void sendsAtMostAWindowTwiceAfterALongBlackHole() throws Exception {
        longBlackHole(rig.single());
    }

    @Test
    @Tag("faults")
    void sendsAtMostAWindowTwiceAfterALongBlackHoleInACluster() throws Exception {
        longBlackHole(rig.replicated());
    }

    @Test
    void keepsOrderWhenLeadersAreKilledAndStepDown() throws Exception {
        leaders(1, 2);
    }

    @Test
    @Tag("faults")
    void keepsOrderWhenManyLeadersAreKilled() throws Exception {
        leaders(5, 0);
    }

    @Test
    @Tag("faults")
    void keepsOrderWhenManyLeadersStepDown() throws Exception {
        leaders(0, 10);
    }

    private void resets(List<FaultProxy> proxies, int times) throws Exception {
        rig.start(Map.of("publish.mode", "fast"));
        rig.feedDuring(() -> {
            for (int i = 0; i < times; i++) {
                rig.awaitMoreStored();
                proxies.forEach(FaultProxy::reset);
            }
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain(PATIENCE);

        rig.assertNoTrace();
        assertThat(rig.logged.lines("no working link")).isNotEmpty();
    }

    private void blackHoles(List<FaultProxy> proxies, int times) throws Exception {
        rig.start(Map.of("publish.mode", "fast", "publish.ack.timeout.ms", "1000"));
        rig.feedDuring(() -> {
            for (int i = 0; i < times; i++) {
                rig.awaitMoreStored();
                FastRig.blackHole(proxies, Duration.ofMillis(2_000));
            }
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain(PATIENCE);

        rig.assertNoTrace();
    }

    private void longBlackHole(List<FaultProxy> proxies) throws Exception {
        rig.start(Map.of("publish.mode", "fast"));
        rig.feedDuring(() -> {
            rig.awaitMoreStored();
            FastRig.blackHole(proxies, Duration.ofSeconds(30));
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain(PATIENCE);

        StreamReport report = rig.tally().report(List.of(rig.worker.consumed()));
        report.assertOrderedAtLeastOnce();
        assertThat(report.duplicated()).isLessThanOrEqualTo(WINDOW);
    }

    private void leaders(int kills, int stepDowns) throws Exception {
        NatsCluster cluster = rig.track(NatsCluster.start());
        rig.direct = rig.track(cluster.connect());
        rig.direct
                .jetStreamManagement()
                .addStream(FastRig.stream(3).allowBatched().build());
        rig.start(String.join(",", cluster.urls()), Map.of("publish.mode", "fast"));
        rig.feedDuring(() -> {
            for (int i = 0; i < stepDowns; i++) {
                rig.awaitMoreStored();
                cluster.stepDown(STREAM);
            }
            for (int i = 0; i < kills; i++) {
                rig.awaitMoreStored();
                NatsServer leader = cluster.streamLeader(STREAM);
                leader.kill9();
                rig.awaitMoreStored();
                leader.restart();
                leader.awaitHealthy();
            }
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain(PATIENCE);

        StreamReport report = rig.tally().report(List.of(rig.worker.consumed()));
        report.assertOrderedAtLeastOnce();
        if (kills == 0) {
            // Where the final count was learnt, nothing is sent twice; where it was not, that is said.
            assertThat(report.duplicated()).isLessThanOrEqualTo(rig.saidUnknown());
        }
    }
}
