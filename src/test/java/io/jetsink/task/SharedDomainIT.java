package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.NatsDomains;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hub and leaf node have a stream of one name each, and both streams store what the connector at the leaf publishes. */
class SharedDomainIT {
    private static final int BATCH = 250;
    private static final int MEANWHILE = 100;

    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("orders")
            .with("name", "orders-to-nats", "jetstream.domain", "hub", "subject", "orders.${partition}")
            .with("publish.ack.timeout.ms", "1000");

    @ParameterizedTest
    @ValueSource(strings = {"async", "sync", "fast", "exactly-once"})
    void noOffsetMovesByTheAcksOfTheOtherDomain(String mode) throws Exception {
        NatsDomains domains = rig.track(NatsDomains.start());
        rig.nats = domains.leaf();
        rig.create(rig.anyMode("orders.*", "jetsink.offsets.>"));
        rig.nats = domains.hub();
        rig.create(rig.anyMode("orders.*", "jetsink.offsets.>"));
        FakeWorker worker =
                rig.start("mode", mode, "nats.servers", domains.leaf().url());
        rig.settleUntilLogged(BATCH, "ignored an answer");
        long settled = worker.consumed();
        assertThat(rig.logged.lines("ignored an answer"))
                .singleElement()
                .asString()
                .contains("stream orders in domain leaf", "stream orders in domain hub");
        assertThat(rig.logged.lines("no working link")).isEmpty();

        rig.nats.kill9();
        worker.offer(MEANWHILE);
        worker.until("the loss of the hub", TaskRig.PATIENCE, () -> {
            assertThat(worker.committable()).isEqualTo(settled);
            return !rig.logged.lines("no working link").isEmpty();
        });
        rig.nats.restart();
        worker.drain();
        assertThat(rig.report(settled + MEANWHILE).lost()).isZero();
    }
}
