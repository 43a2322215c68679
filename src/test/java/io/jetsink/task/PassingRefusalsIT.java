package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.AuthCallout;
import io.nats.client.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals for reasons of the moment, which are none of the configuration's: nobody has to restart a task. */
class PassingRefusalsIT {
    private static final String ADMIN = "{ user: admin, password: admin }";
    private static final String BRIDGE = "{ user: bridge, password: bridge }";
    private static final String GRANTED = users(BRIDGE);
    private static final String GONE = users("{ user: other, password: other }");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LATE = Duration.ofSeconds(2);

    @RegisterExtension
    final TaskRig rig =
            TaskRig.unserved("orders").as("admin").with("nats.auth.username", "bridge", "nats.auth.password", "bridge");

    /** A task without records proves nothing by storing something. */
    @Test
    void anIdleTaskIsRefusedForAMomentOnceInAWhile() throws Exception {
        FakeWorker worker = start(GRANTED, "nats.reconnect.backoff.max.ms", "200");
        rig.untilConnected();
        for (int time = 0; time < 4; time++) {
            refuse(Duration.ZERO);
        }

        worker.settle(100);
        rig.report().assertClean();
    }

    @Test
    void anIdleHourBetweenTwoRefusalsIsNoTimeOfTheMinute() throws Exception {
        AtomicLong ahead = new AtomicLong();
        rig.clock(() -> System.nanoTime() + ahead.get());
        FakeWorker worker = start(GRANTED);
        rig.untilConnected();
        refuse(Duration.ofMillis(500));
        ahead.addAndGet(Duration.ofHours(1).toNanos());
        refuse(Duration.ofMillis(1_500));

        worker.settle(100);
        rig.report().assertClean();
    }

    /** The server had no time for the login; its timer ends before CONNECT is there. */
    @Test
    void anAuthenticationTimeoutIsAnOutage() throws Exception {
        rig.impatient();
        FakeWorker worker = hindered();
        awaitAttempts(2);
        rig.proxy().delay(Duration.ZERO);
        worker.drain();

        rig.report().assertOrderedAtLeastOnce();
    }

    /** Connections take longer than the server waits for a login. */
    private FakeWorker hindered() {
        rig.serve("authorization { timeout: 1, users: [" + ADMIN + ", " + BRIDGE + "] }\n");
        rig.create(rig.stream());
        FakeWorker worker = rig.start("nats.servers", rig.proxy().url()).settle(100);
        rig.proxy().delay(LATE);
        rig.proxy().reset();
        worker.offer(100);
        rig.untilFailed("Authentication Timeout");
        return worker;
    }

    @Test
    void aFullServerIsAnOutage() throws Exception {
        rig.impatient().serve(GRANTED);
        rig.create(rig.stream());
        rig.nats.reload(GRANTED + "max_connections: 1\n");
        FakeWorker worker;
        try (Connection other = rig.connect()) {
            worker = rig.start();
            worker.offer(100);
            rig.untilFailed("maximum connections exceeded");
            rig.pass(Duration.ofSeconds(1));
            assertThat(other.getStatus()).isEqualTo(Connection.Status.CONNECTED);
        }
        worker.drain();

        rig.nats.reload(GRANTED);
        rig.report().assertClean();
    }

    @Test
    void anAuthCalloutMayBeLate() throws Exception {
        try (AuthCallout callout = new AuthCallout("bridge")) {
            FakeWorker worker = start(callout.config());
            worker.offer(100);
            awaitAttempts(4);
            assertThat(rig.link().lastFailure()).containsPattern("Authorization Violation|Authentication Timeout");

            callout.start(rig.nats);
            worker.drain();

            rig.report().assertClean();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "fast", "exactly-once"})
    void aStreamMayBeCreatedAfterTheStart(String mode) throws Exception {
        rig.serve(GRANTED);
        FakeWorker worker = rig.start("mode", mode);
        worker.offer(100);
        awaitAttempts(5);
        assertThat(rig.logged.lines("WARN [JS-4001] orders: no working link to NATS (there is no stream"))
                .singleElement()
                .asString()
                .endsWith("; the task fails if this lasts for 60 s");

        rig.create(rig.anyMode());
        worker.drain();

        assertThat(rig.stored()).isEqualTo(mode.equals("exactly-once") ? 101 : 100);
    }

    @Tag("faults")
    @Test
    void aRefusalThatLastsFailsTheTaskAMinuteAfterItsStart() throws Exception {
        rig.serve(GONE);
        FakeWorker worker = rig.start();
        long begin = System.nanoTime();

        assertThat(worker.failure(() -> worker.offer(10), MINUTE.plusSeconds(30)))
                .contains("Authorization Violation", "nats.auth.*");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(MINUTE);
    }

    private FakeWorker start(String server, String... config) {
        rig.serve(server);
        rig.create(rig.stream());
        return rig.start(config);
    }

    private void refuse(Duration time) {
        long before = rig.nats.varz("total_connections");
        rig.nats.reload(GONE);
        awaitAttempts(before, 2);
        assertThat(rig.link().lastFailure()).contains("Authorization");
        rig.pass(time);
        rig.nats.reload(GRANTED);
        rig.untilConnected();
    }

    private void awaitAttempts(int more) {
        awaitAttempts(rig.nats.varz("total_connections"), more);
    }

    private void awaitAttempts(long before, int more) {
        rig.worker.until("more attempts", TaskRig.PATIENCE, () -> rig.nats.varz("total_connections") >= before + more);
    }

    private static String users(String other) {
        return "authorization { users: [" + ADMIN + ", " + other + "] }\n";
    }
}
