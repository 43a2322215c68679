package io.jetsink.task;

import static io.jetsink.task.FastRig.PATIENCE;
import static io.jetsink.task.FastRig.POLL;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.nats.NatsBinary;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.api.StreamConfiguration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What server and stream offer, and what becomes of fast-ingest when that changes. */
class FastModesIT {
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
    void goesOnWithoutBatchesWhileTheStreamDoesNotAllowThem() throws Exception {
        List<FaultProxy> proxies = rig.single();
        switchOff(1);
        // A single server stores one message after the other, so what its first refusal means is known.
        rig.tally().assertClean(List.of(rig.worker.consumed()));
        switchOn(proxies, 1);
    }

    @Test
    @Tag("faults")
    void goesOnWithoutBatchesWhileTheStreamDoesNotAllowThemInACluster() throws Exception {
        List<FaultProxy> proxies = rig.replicated();
        switchOff(3);
        assertThat(rig.tally().report(List.of(rig.worker.consumed())).lost()).isZero();
        switchOn(proxies, 3);
    }

    /** Until it leads the new replicas, the server drops what comes without a word, and refuses what comes behind that. */
    @Test
    void losesNothingWhenTheSameEditScalesTheStreamUp() throws Exception {
        rig.clustered(1);
        switchOff(3);

        assertThat(rig.tally().report(List.of(rig.worker.consumed())).lost()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "V2_9,  false, 'asynchronous publishes, one ack each (instead of publish.mode=fast: nats-server 2.9.'",
        "V2_10, false, 'asynchronous publishes, one ack each (instead of publish.mode=fast: nats-server 2.10.'",
        "V2_15, false, 'asynchronous publishes, one ack each (instead of publish.mode=fast: stream orders does not allow fast-ingest batches'",
        "V2_15, true,  'fast-ingest batches into stream orders'"
    })
    void findsTheModeThatServerAndStreamOffer(NatsBinary version, boolean batches, String said) throws Exception {
        NatsServer nats = rig.track(NatsServer.builder().version(version).start());
        rig.direct = rig.track(nats.connect());
        StreamConfiguration.Builder stream = FastRig.stream(1);
        rig.direct.jetStreamManagement().addStream((batches ? stream.allowBatched() : stream).build());
        rig.start(nats.url(), Map.of());
        rig.feed(10 * POLL);
        rig.worker.drain(PATIENCE);
        rig.feed(POLL);
        rig.worker.drain(PATIENCE);

        rig.tally().assertClean(List.of(rig.worker.consumed()));
        assertThat(rig.logged.lines("publishes with"))
                .singleElement()
                .satisfies(line -> assertThat(line).startsWith("INFO ").contains(said));
    }

    private void switchOff(int replicas) throws Exception {
        rig.start(Map.of());
        rig.feedDuring(() -> {
            rig.awaitMoreStored();
            rig.update(FastRig.stream(replicas));
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain(PATIENCE);

        assertThat(rig.modes()).containsExactly("fast-ingest", "asynchronous");
    }

    private void switchOn(List<FaultProxy> proxies, int replicas) throws Exception {
        rig.feedDuring(() -> {
            rig.update(FastRig.stream(replicas).allowBatched());
            rig.awaitMoreStored();
            proxies.forEach(FaultProxy::reset);
            rig.awaitMoreStored();
            return null;
        });
        rig.worker.drain(PATIENCE);

        assertThat(rig.modes()).containsExactly("fast-ingest", "asynchronous", "fast-ingest");
        // Asynchronous publishes were cut: what was not acked was sent again.
        assertThat(rig.tally().report(List.of(rig.worker.consumed())).lost()).isZero();
    }
}
