package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stream that never acks ({@code no_ack}): its first record would be stored again and again. */
class NoAckIT {
    @RegisterExtension
    final TaskRig rig = new TaskRig("orders")
            .impatient()
            .as("admin")
            .serverConfig("authorization { users: [{ user: admin, password: admin }, { user: bridge, password: bridge,"
                    + " permissions: { publish: { deny: [\"$JS.API.>\"] } } }] }");

    @ParameterizedTest
    @ValueSource(strings = {"auto", "fast", "async", "sync"})
    void isRefusedBeforeAnythingIsStoredWithTheCommandThatMendsIt(String mode) throws Exception {
        rig.create(rig.stream().allowBatched().noAck(true));
        assertThat(start("admin", "mode", mode).failure(100))
                .isEqualTo(
                        "[JS-4006] delivery.guarantee=at-least-once: stream orders has no_ack and does not report what it has"
                                + " stored: run nats stream edit orders --ack");
        assertThat(rig.stored()).isZero();

        // What the nats command line makes of the option.
        rig.update(rig.stream().allowBatched().noAck(false));
        FakeWorker worker = start("admin", "mode", mode);
        worker.settle(100);
        assertThat(rig.stored()).isEqualTo(100);
    }

    /** Whether the stream acks is then found out by its acks. */
    @ParameterizedTest
    @ValueSource(strings = {"async", "sync"})
    void isNotLookedForByAUserWhoMayNotAsk(String mode) throws Exception {
        rig.create(rig.stream());
        FakeWorker worker = start("bridge", "mode", mode);
        worker.settle(100);

        assertThat(rig.stored()).isEqualTo(100);
    }

    @Test
    void doesNotMatterToBestEffort() throws Exception {
        rig.create(rig.stream().noAck(true));
        FakeWorker worker = start("admin", "mode", "best-effort");
        worker.settle(100);

        rig.awaitStored(100);
        assertThat(rig.stored()).isEqualTo(100);
    }

    private FakeWorker start(String user, String... config) {
        return rig.with("nats.auth.username", user, "nats.auth.password", user).start(config);
    }
}
