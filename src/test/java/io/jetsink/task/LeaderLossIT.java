package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.NatsCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.stream.StreamReport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The leader of a stream is killed under load and does not come back. The ack timeout is longer than the test waits, so the
 * task has to notice the next leader by questions to the stream.
 */
@Tag("faults")
class LeaderLossIT {
    @RegisterExtension
    final FastRig rig = new FastRig();

    @ParameterizedTest
    @CsvSource({
        "async, false", "async, true",
        "sync, false", "sync, true",
        "fast, false", "fast, true",
        "exactly-once, false", "exactly-once, true"
    })
    void publishesAgainWhenTheNextLeaderAnswers(String mode, boolean leaderIsConnected) throws Exception {
        NatsCluster cluster = rig.track(NatsCluster.start());
        rig.cluster = cluster;
        rig.create(rig.anyMode().replicas(3));
        NatsServer connected = cluster.server(0);
        NatsServer leader = cluster.streamLeader(rig.name);
        while ((leader == connected) != leaderIsConnected) {
            leader = cluster.stepDown(rig.name);
        }
        rig.start(
                "mode",
                mode,
                "nats.servers",
                connected.url(),
                "publish.ack.timeout.ms",
                "300000",
                "jetstream.stream.create",
                "true");
        NatsServer killed = leader;

        rig.feedDuring(() -> {
            rig.awaitMoreStored();
            killed.kill9();
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain();
        killed.restart();
        cluster.awaitReady();

        StreamReport report = rig.report();
        assertThat(report.lost()).isZero();
        assertThat(rig.logged.lines("is not checked")).isEmpty();
        if (mode.equals("exactly-once")) {
            assertThat(report.duplicated()).isZero();
        }
    }
}
