package io.jetsink.task;

import static io.jetsink.task.FastRig.POLL;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsBinary;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What server and stream offer, and what becomes of fast-ingest when that changes. */
class FastModesIT {
    @RegisterExtension
    final FastRig rig = new FastRig();

    @Test
    void goesOnWithoutBatchesWhileTheStreamDoesNotAllowThem() throws Exception {
        List<FaultProxy> proxies = List.of(rig.single());
        switchOff(1);
        // A single server stores one message after the other, so what its first refusal means is known.
        rig.report().assertClean();
        switchOn(proxies, 1);
    }

    @Test
    @Tag("faults")
    void goesOnWithoutBatchesWhileTheStreamDoesNotAllowThemInACluster() throws Exception {
        List<FaultProxy> proxies = rig.clustered(3);
        switchOff(3);
        assertThat(rig.report().lost()).isZero();
        switchOn(proxies, 3);
    }

    /** Until it leads the new replicas, the server drops what comes without a word, and refuses what comes behind that. */
    @Test
    void losesNothingWhenTheSameEditScalesTheStreamUp() throws Exception {
        rig.clustered(1);
        switchOff(3);

        assertThat(rig.report().lost()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "V2_9,  false, 'asynchronous publishes, one ack each (instead of publish.mode=fast: nats-server 2.9.'",
        "V2_10, false, 'asynchronous publishes, one ack each (instead of publish.mode=fast: nats-server 2.10.'",
        "V2_15, false, 'asynchronous publishes, one ack each (instead of publish.mode=fast: stream orders does not allow fast-ingest batches'",
        "V2_15, true,  'fast-ingest batches into stream orders'"
    })
    void findsTheModeThatServerAndStreamOffer(NatsBinary version, boolean batches, String said) throws Exception {
        rig.serve(version);
        rig.create(batches ? rig.stream().allowBatched() : rig.stream());
        rig.start();
        rig.feed(10 * POLL);
        rig.worker.drain();
        rig.feed(POLL);
        rig.worker.drain();

        rig.report().assertClean();
        assertThat(rig.logged.lines("publishes with"))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("INFO ").contains(said));
    }

    private void switchOff(int replicas) throws Exception {
        rig.start();
        rig.feedDuring(() -> {
            rig.awaitMoreStored();
            rig.update(rig.stream().replicas(replicas));
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain();

        assertThat(rig.modes()).containsExactly("fast-ingest", "asynchronous");
    }

    private void switchOn(List<FaultProxy> proxies, int replicas) throws Exception {
        rig.feedDuring(() -> {
            rig.update(rig.stream().replicas(replicas).allowBatched());
            rig.awaitMoreStored();
            proxies.forEach(FaultProxy::reset);
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain();

        assertThat(rig.modes()).containsExactly("fast-ingest", "asynchronous", "fast-ingest");
        // Asynchronous publishes were cut: what was not acked was sent again.
        assertThat(rig.report().lost()).isZero();
    }
}
