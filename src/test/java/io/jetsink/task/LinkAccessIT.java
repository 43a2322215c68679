package io.jetsink.task;

import static io.jetsink.task.LinkRig.ADMIN;
import static io.jetsink.task.LinkRig.PATIENCE;
import static io.jetsink.task.LinkRig.STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user who is gone for a while, or may not do what it has to. */
class LinkAccessIT {
    private static final String GRANTED =
            "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge }] }";
    private static final String MAY_NOT_PUBLISH = "may not publish to " + STREAM;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final LinkRig rig = new LinkRig();
    private final LinkRig impatient = new LinkRig(Impatient.GRACE);

    @AfterEach
    void stop() {
        rig.close();
        impatient.close();
    }

    @Test
    void comesBackByItselfWhenItsUserDoes() throws Exception {
        String without = "authorization { users: [" + ADMIN + "] }";
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), LinkRig.asBridge());
            worker.feed(1_000);
            worker.drain();

            nats.reload(without);
            worker.offer(500);
            worker.until(
                    "the refusal", PATIENCE, () -> rig.task.link.lastFailure().contains("Authorization"));
            assertThat(rig.task.link.lastFailure()).contains("nats.auth").doesNotContain("bridge");
            assertThat(rig.task.link.currentPublisher()).isNull();
            nats.reload(GRANTED);
            worker.drain();

            LinkRig.report(nats, worker).assertOrderedAtLeastOnce();
        }
    }

    @Test
    void goesOnWhenItMayPublishAgain() throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start()) {
            FakeWorker worker = startProven(nats, Map.of());
            nats.reload(denied("publish", STREAM));
            worker.offer(500);

            worker.until(
                    "the refusal", PATIENCE, () -> rig.task.link.lastFailure().contains(MAY_NOT_PUBLISH));
            assertThat(rig.task.link.lastFailure())
                    .contains("nats.auth.*", "Permissions Violation for Publish to \"" + STREAM + "\"");
            nats.reload(GRANTED);
            worker.drain();

            LinkRig.report(nats, worker).assertClean();
        }
    }

    @Test
    void namesThePermissionWhenTheRetryTimeoutIsOver() throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start()) {
            FakeWorker worker = startProven(nats, Map.of("publish.retry.timeout.ms", "2000"));
            nats.reload(denied("publish", STREAM));

            assertFails(worker, "publish.retry.timeout.ms", MAY_NOT_PUBLISH);
        }
    }

    @Tag("faults")
    @Test
    void failsWhenItMayNotPublishForAMinute() throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start()) {
            FakeWorker worker = startProven(nats, Map.of());
            nats.reload(denied("publish", STREAM));
            long begin = System.nanoTime();

            assertFails(worker, MAY_NOT_PUBLISH);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(MINUTE, MINUTE.plusSeconds(15));
        }
    }

    @Test
    void failsAtStartWhenItMayNotPublish() throws Exception {
        try (NatsServer nats =
                NatsServer.builder().config(denied("publish", STREAM)).start()) {
            LinkRig.create(nats, LinkRig.stream());

            assertFails(impatient.start(nats.url(), LinkRig.asBridge()), MAY_NOT_PUBLISH, "nats.auth.*");
            assertThat(LinkRig.stored(nats)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "async"})
    void failsAtStartWhenAcksCannotComeBack(String mode) throws Exception {
        try (NatsServer nats =
                NatsServer.builder().config(denied("subscribe", "_INBOX.>")).start()) {
            LinkRig.create(nats, LinkRig.stream().allowBatched());
            Map<String, String> config = LinkRig.asBridge();
            config.put("publish.mode", mode);

            assertFails(impatient.start(nats.url(), config), "may not subscribe to _INBOX.", "nats.inbox.prefix");
        }
    }

    @Test
    void failsAtStartWithAWrongPassword() throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start()) {
            LinkRig.create(nats, LinkRig.stream());
            Map<String, String> config = LinkRig.asBridge();
            config.put("nats.auth.password", "secret");

            assertFails(impatient.start(nats.url(), config), "Authorization Violation", "nats.auth.*");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "async", "sync", "fast", "exactly-once"})
    void failsAtStartWithoutAStream(String mode) throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start()) {
            Map<String, String> config = LinkRig.asBridge();
            config.put(mode.equals("exactly-once") ? "delivery.guarantee" : "publish.mode", mode);

            assertFails(impatient.start(nats.url(), config), "there is no stream " + STREAM, "jetstream.stream");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "fast"})
    void goesOnWhenTheStreamIsCreatedAgain(String mode) throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start()) {
            FakeWorker worker = startProven(nats, Map.of("publish.mode", mode, "publish.ack.timeout.ms", "1000"));
            try (Connection connection = LinkRig.connect(nats)) {
                connection.jetStreamManagement().deleteStream(STREAM);
            }
            worker.offer(500);
            worker.until(
                    "the refusal",
                    PATIENCE,
                    () -> rig.task.link.lastFailure().contains("there is no stream " + STREAM));
            LinkRig.create(nats, LinkRig.stream().allowBatched());
            worker.drain();

            assertThat(LinkRig.stored(nats)).isEqualTo(500);
        }
    }

    private FakeWorker startProven(NatsServer nats, Map<String, String> more) throws Exception {
        LinkRig.create(nats, LinkRig.stream().allowBatched());
        Map<String, String> config = LinkRig.asBridge();
        config.putAll(more);
        FakeWorker worker = rig.start(nats.url(), config);
        worker.feed(1_000);
        worker.drain();
        return worker;
    }

    private static void assertFails(FakeWorker worker, String... texts) {
        assertThatThrownBy(() -> {
                    worker.offer(10);
                    worker.until("a failure", MINUTE.plusSeconds(30), () -> false);
                })
                .isInstanceOf(ConnectException.class)
                .hasMessageContainingAll(texts);
    }

    private static String denied(String what, String subject) {
        return "authorization { users: [" + ADMIN + ", { user: bridge, password: bridge, permissions: { " + what
                + ": { deny: [\"" + subject + "\"] } } }] }";
    }
}
