package io.jetsink;

import static io.jetsink.LinkRig.ADMIN;
import static io.jetsink.LinkRig.PATIENCE;
import static io.jetsink.LinkRig.STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.NatsServer;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A user who is gone for a while, or may not do what it has to. */
class LinkAccessIT {
    private final LinkRig rig = new LinkRig();

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void comesBackByItselfWhenItsUserDoes() throws Exception {
        String without = "authorization { users: [" + ADMIN + "] }";
        String with = "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge }] }";
        try (NatsServer nats = NatsServer.builder().config(with).start()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), LinkRig.asBridge());
            worker.feed(1_000);
            worker.drain();

            nats.reload(without);
            worker.offer(500);
            worker.until(
                    "the refusal", PATIENCE, () -> rig.task.link.lastFailure().contains("Authorization"));
            assertThat(rig.task.link.lastFailure()).contains("nats.auth").doesNotContain("bridge");
            assertThat(rig.task.link.current()).isNull();
            nats.reload(with);
            worker.drain();

            LinkRig.report(nats, worker).assertOrderedAtLeastOnce();
        }
    }

    @Test
    void saysWhichPermissionIsMissing() throws Exception {
        String denied = "authorization { users: [" + ADMIN
                + ", { user: bridge, password: bridge, permissions: { publish: { deny: [\"" + STREAM + "\"] } } }] }";
        String granted = "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge }] }";
        try (NatsServer nats = NatsServer.builder().config(denied).start()) {
            LinkRig.create(nats, LinkRig.stream());
            Map<String, String> config = LinkRig.asBridge();
            config.put("publish.ack.timeout.ms", "300");
            FakeWorker worker = rig.start(nats.url(), config);
            worker.offer(500);

            worker.until(
                    "the refusal",
                    PATIENCE,
                    () -> rig.task
                            .link
                            .lastFailure()
                            .contains("Permissions Violation for Publish to \"" + STREAM + "\""));
            assertThat(rig.task.link.lastFailure()).contains("publish.ack.timeout.ms");
            nats.reload(granted);
            worker.drain();

            LinkRig.report(nats, worker).assertClean();
        }
    }

    @Test
    void namesThePermissionWhenTheRetryTimeoutIsOver() throws Exception {
        String denied = "authorization { users: [" + ADMIN
                + ", { user: bridge, password: bridge, permissions: { publish: { deny: [\"" + STREAM + "\"] } } }] }";
        try (NatsServer nats = NatsServer.builder().config(denied).start()) {
            LinkRig.create(nats, LinkRig.stream());
            Map<String, String> config = LinkRig.asBridge();
            config.put("publish.ack.timeout.ms", "200");
            config.put("publish.retry.timeout.ms", "2000");
            FakeWorker worker = rig.start(nats.url(), config);

            assertThatThrownBy(() -> {
                        worker.offer(10);
                        worker.until("a failure", PATIENCE, () -> false);
                    })
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("publish.retry.timeout.ms")
                    .hasMessageContaining("Permissions Violation for Publish to \"" + STREAM + "\"");
        }
    }
}
