package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user who is gone for a while, or may not do what it has to. */
class LinkAccessIT {
    private static final String ADMIN = "{ user: admin, password: admin }";
    private static final String GRANTED =
            "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge }] }";
    private static final String MAY_NOT_PUBLISH = "may not publish to orders";

    @RegisterExtension
    final TaskRig rig = new TaskRig("orders")
            .as("admin")
            .with("nats.auth.username", "bridge", "nats.auth.password", "bridge")
            .serverConfig(GRANTED);

    @Test
    void comesBackByItselfWhenItsUserDoes() throws Exception {
        FakeWorker worker = startProven();

        rig.nats.reload("authorization { users: [" + ADMIN + "] }");
        worker.offer(500);
        rig.untilFailed("Authorization");
        assertThat(rig.link().lastFailure()).contains("nats.auth").doesNotContain("bridge");
        assertThat(rig.link().currentPublisher()).isNull();
        rig.nats.reload(GRANTED);
        worker.drain();

        rig.report().assertOrderedAtLeastOnce();
    }

    @Test
    void goesOnWhenItMayPublishAgain() throws Exception {
        FakeWorker worker = startProven();
        rig.nats.reload(denied("publish", rig.name));
        worker.offer(500);

        rig.untilFailed(MAY_NOT_PUBLISH);
        assertThat(rig.link().lastFailure()).contains("nats.auth.*", "Permissions Violation for Publish to \"orders\"");
        rig.nats.reload(GRANTED);
        worker.drain();

        rig.report().assertClean();
    }

    @Test
    void namesThePermissionWhenTheRetryTimeoutIsOver() throws Exception {
        FakeWorker worker = startProven("publish.retry.timeout.ms", "2000");
        rig.nats.reload(denied("publish", rig.name));

        assertThat(worker.failure(10)).contains("publish.retry.timeout.ms", MAY_NOT_PUBLISH);
    }

    @Test
    void failsAtStartWhenItMayNotPublish() throws Exception {
        rig.create(rig.stream());
        rig.nats.reload(denied("publish", rig.name));

        assertThat(rig.refusal()).contains(MAY_NOT_PUBLISH, "nats.auth.*");
        assertThat(rig.stored()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "async"})
    void failsAtStartWhenAcksCannotComeBack(String mode) throws Exception {
        rig.create(rig.stream().allowBatched());
        rig.nats.reload(denied("subscribe", "_INBOX.>"));

        assertThat(rig.refusal("mode", mode)).contains("may not subscribe to _INBOX.", "nats.inbox.prefix");
    }

    @Test
    void failsAtStartWithAWrongPassword() throws Exception {
        rig.create(rig.stream());

        assertThat(rig.refusal("nats.auth.password", "secret")).contains("Authorization Violation", "nats.auth.*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "async", "sync", "fast", "exactly-once"})
    void failsAtStartWithoutAStream(String mode) throws Exception {
        assertThat(rig.refusal("mode", mode)).contains("there is no stream orders", "jetstream.stream");
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "fast"})
    void goesOnWhenTheStreamIsCreatedAgain(String mode) throws Exception {
        FakeWorker worker = startProven("publish.mode", mode, "publish.ack.timeout.ms", "1000");
        rig.ask(streams -> streams.deleteStream(rig.name));
        worker.offer(500);
        rig.untilFailed("there is no stream orders");
        rig.create(rig.stream().allowBatched());
        worker.drain();

        assertThat(rig.stored()).isEqualTo(500);
    }

    private FakeWorker startProven(String... config) {
        rig.create(rig.stream().allowBatched());
        return rig.start(config).settle(1_000);
    }

    private static String denied(String what, String subject) {
        return "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge, permissions: { " + what
                + ": { deny: [\"" + subject + "\"] } } }] }";
    }
}
