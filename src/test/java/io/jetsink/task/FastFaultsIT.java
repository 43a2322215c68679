package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Fast-ingest through faults of network and servers, with a steady load. Each waits until records flow again after the one
 * before. The fault laboratory has the same faults for longer (rows 6, 10 and 11), on a single server.
 */
class FastFaultsIT {
    private static final int WINDOW = 4096;

    @RegisterExtension
    final FastRig rig = new FastRig();

    @Test
    void leavesNoTraceOfResets() throws Exception {
        resets(List.of(rig.single()), 5);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfManyResetsInACluster() throws Exception {
        resets(rig.clustered(3), 20);
    }

    @Test
    void leavesNoTraceOfShortBlackHoles() throws Exception {
        blackHoles(List.of(rig.single()), 2);
    }

    @Test
    @Tag("faults")
    void leavesNoTraceOfSeveralShortBlackHolesInACluster() throws Exception {
        blackHoles(rig.clustered(3), 5);
    }

    @Test
    @Tag("faults")
    void sendsAtMostAWindowTwiceAfterALongBlackHoleInACluster() throws Exception {
        List<FaultProxy> proxies = rig.clustered(3);
        rig.start("publish.mode", "fast");
        rig.feedDuring(() -> {
            rig.awaitMoreStored();
            FastRig.blackHole(proxies, Duration.ofSeconds(30));
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain();

        StreamReport report = rig.report();
        report.assertOrderedAtLeastOnce();
        assertThat(report.duplicated()).isLessThanOrEqualTo(WINDOW);
    }

    private void resets(List<FaultProxy> proxies, int times) throws Exception {
        rig.start("publish.mode", "fast");
        rig.feedDuring(() -> {
            for (int i = 0; i < times; i++) {
                rig.awaitMoreStored();
                proxies.forEach(FaultProxy::reset);
            }
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain();

        rig.assertNoTrace();
        assertThat(rig.logged.lines("no working link")).isNotEmpty();
    }

    private void blackHoles(List<FaultProxy> proxies, int times) throws Exception {
        rig.start("publish.mode", "fast", "publish.ack.timeout.ms", "1000");
        rig.feedDuring(() -> {
            for (int i = 0; i < times; i++) {
                rig.awaitMoreStored();
                FastRig.blackHole(proxies, Duration.ofMillis(2_000));
            }
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain();

        rig.assertNoTrace();
    }

    @Test
    void keepsOrderWhenLeadersStepDownAndAreKilled() throws Exception {
        NatsCluster cluster = rig.track(NatsCluster.start());
        rig.cluster = cluster;
        rig.create(rig.stream().replicas(3).allowBatched());
        rig.start("publish.mode", "fast", "nats.servers", cluster.addresses());
        rig.feedDuring(() -> {
            for (int i = 0; i < 2; i++) {
                rig.awaitMoreStored();
                cluster.stepDown(rig.name);
            }
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain();

        StreamReport report = rig.report();
        report.assertOrderedAtLeastOnce();
        // Where the final count was learnt, nothing is sent twice; where it was not, that is said.
        assertThat(report.duplicated()).isLessThanOrEqualTo(rig.saidUnknown());

        rig.feedDuring(() -> {
            NatsServer leader = cluster.streamLeader(rig.name);
            leader.kill9();
            rig.awaitMoreStored();
            leader.restart();
            leader.awaitHealthy();
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain();

        rig.report().assertOrderedAtLeastOnce();
    }
}
