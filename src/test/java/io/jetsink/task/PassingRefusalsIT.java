package io.jetsink.task;

import static io.jetsink.task.LinkRig.ADMIN;
import static io.jetsink.task.LinkRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.publish.GracePeriod;
import io.jetsink.support.FaultProxy;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.AuthCallout;
import io.jetsink.support.nats.NatsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals for reasons of the moment, which are none of the configuration's: nobody has to restart a task. */
class PassingRefusalsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BRIDGE = "{ user: bridge, password: bridge }";
    private static final String GRANTED = users(BRIDGE);
    private static final String GONE = users("{ user: other, password: other }");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LATE = Duration.ofSeconds(2);

    /** A task without records proves nothing by storing something. */
    @Test
    void anIdleTaskIsRefusedForAMomentOnceInAWhile() throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start();
                LinkRig rig = new LinkRig()) {
            LinkRig.create(nats, LinkRig.stream());
            Map<String, String> config = LinkRig.asBridge();
            config.put("nats.reconnect.backoff.max.ms", "200");
            FakeWorker worker = rig.start(nats.url(), config);
            worker.until("a connection", PATIENCE, () -> rig.task.link.currentPublisher() != null);
            for (int time = 0; time < 4; time++) {
                refuse(nats, worker, rig, Duration.ZERO);
            }

            worker.feed(100);
            worker.drain();
            LinkRig.report(nats, worker).assertClean();
        }
    }

    @Test
    void anIdleHourBetweenTwoRefusalsIsNoTimeOfTheMinute() throws Exception {
        AtomicLong ahead = new AtomicLong();
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start();
                LinkRig rig = new LinkRig(GracePeriod.DEFAULT, () -> System.nanoTime() + ahead.get())) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), LinkRig.asBridge());
            worker.until("a connection", PATIENCE, () -> rig.task.link.currentPublisher() != null);
            refuse(nats, worker, rig, Duration.ofMillis(500));
            ahead.addAndGet(Duration.ofHours(1).toNanos());
            refuse(nats, worker, rig, Duration.ofMillis(1_500));

            worker.feed(100);
            worker.drain();
            LinkRig.report(nats, worker).assertClean();
        }
    }

    /** The server had no time for the login; its timer ends before CONNECT is there. */
    @Test
    void anAuthenticationTimeoutIsAnOutage() throws Exception {
        try (NatsServer nats = NatsServer.builder().config(impatient()).start();
                FaultProxy proxy = FaultProxy.to(nats);
                LinkRig rig = new LinkRig(Impatient.GRACE)) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(proxy.url(), LinkRig.asBridge());
            worker.feed(100);
            worker.drain();

            hinder(proxy, worker, rig);
            long before = connections(nats);
            worker.until("more attempts", PATIENCE, () -> connections(nats) >= before + 2);
            proxy.delay(Duration.ZERO);
            worker.drain();

            LinkRig.report(nats, worker).assertOrderedAtLeastOnce();
        }
    }

    @Tag("faults")
    @Test
    void anAuthenticationTimeoutIsAnOutageForMoreThanAMinute() throws Exception {
        try (NatsServer nats = NatsServer.builder().config(impatient()).start();
                FaultProxy proxy = FaultProxy.to(nats);
                LinkRig rig = new LinkRig()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(proxy.url(), LinkRig.asBridge());
            worker.feed(100);
            worker.drain();

            hinder(proxy, worker, rig);
            pass(worker, Duration.ofSeconds(75));
            proxy.delay(Duration.ZERO);
            worker.drain();

            LinkRig.report(nats, worker).assertOrderedAtLeastOnce();
        }
    }

    @Test
    void aFullServerIsAnOutage() throws Exception {
        String full = GRANTED + "max_connections: 1\n";
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start();
                LinkRig rig = new LinkRig(Impatient.GRACE)) {
            LinkRig.create(nats, LinkRig.stream());
            nats.reload(full);
            try (var other = LinkRig.connect(nats)) {
                FakeWorker worker = rig.start(nats.url(), LinkRig.asBridge());
                worker.offer(100);
                worker.until(
                        "the refusal",
                        PATIENCE,
                        () -> rig.task.link.lastFailure().contains("maximum connections exceeded"));
                pass(worker, Duration.ofSeconds(1));
                other.close();
                worker.drain();

                nats.reload(GRANTED);
                LinkRig.report(nats, worker).assertClean();
            }
        }
    }

    @Test
    void anAuthCalloutMayBeLate() throws Exception {
        try (AuthCallout callout = new AuthCallout("bridge");
                NatsServer nats = NatsServer.builder().config(callout.config()).start();
                LinkRig rig = new LinkRig()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), LinkRig.asBridge());
            worker.offer(100);
            // That of the stream's creator was the first.
            worker.until("attempts", PATIENCE, () -> connections(nats) >= 5);
            assertThat(rig.task.link.lastFailure()).containsPattern("Authorization Violation|Authentication Timeout");

            callout.start(nats);
            worker.drain();

            LinkRig.report(nats, worker).assertClean();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "fast", "exactly-once"})
    void aStreamMayBeCreatedAfterTheStart(String mode) throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GRANTED).start();
                LinkRig rig = new LinkRig();
                Logged logged = Logged.begin()) {
            Map<String, String> config = LinkRig.asBridge();
            config.put(mode.equals("exactly-once") ? "delivery.guarantee" : "publish.mode", mode);
            FakeWorker worker = rig.start(nats.url(), config);
            worker.offer(100);
            worker.until("attempts", PATIENCE, () -> connections(nats) >= 5);
            assertThat(logged.lines("WARN link-0: no working link to NATS (there is no stream"))
                    .singleElement()
                    .asString()
                    .endsWith("; the task fails if this lasts for 60 s");

            LinkRig.create(
                    nats,
                    LinkRig.stream()
                            .subjects(LinkRig.STREAM, "jetsink.offsets.>")
                            .allowBatched()
                            .allowAtomicPublish()
                            .allowRollup(true));
            worker.drain();

            assertThat(LinkRig.stored(nats)).isEqualTo(mode.equals("exactly-once") ? 101 : 100);
        }
    }

    @Tag("faults")
    @Test
    void aRefusalThatLastsFailsTheTaskAMinuteAfterItsStart() throws Exception {
        try (NatsServer nats = NatsServer.builder().config(GONE).start();
                LinkRig rig = new LinkRig()) {
            FakeWorker worker = rig.start(nats.url(), LinkRig.asBridge());
            long begin = System.nanoTime();

            assertThatThrownBy(() -> {
                        worker.offer(10);
                        worker.until("a failure", MINUTE.plusSeconds(30), () -> false);
                    })
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContainingAll("Authorization Violation", "nats.auth.*");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(MINUTE, MINUTE.plusSeconds(15));
        }
    }

    private static void refuse(NatsServer nats, FakeWorker worker, LinkRig rig, Duration time) {
        long before = connections(nats);
        nats.reload(GONE);
        worker.until("two refusals", PATIENCE, () -> connections(nats) >= before + 2);
        assertThat(rig.task.link.lastFailure()).contains("Authorization");
        pass(worker, time);
        nats.reload(GRANTED);
        worker.until("a connection", PATIENCE, () -> rig.task.link.currentPublisher() != null);
    }

    /** Connections take longer than the server waits for a login. */
    private static void hinder(FaultProxy proxy, FakeWorker worker, LinkRig rig) {
        proxy.delay(LATE);
        proxy.reset();
        worker.offer(100);
        worker.until("the refusal", PATIENCE, () -> rig.task.link.lastFailure().contains("Authentication Timeout"));
    }

    private static void pass(FakeWorker worker, Duration time) {
        long begin = System.nanoTime();
        worker.until(time + " to pass", time.plus(PATIENCE), () -> System.nanoTime() - begin >= time.toNanos());
    }

    private static long connections(NatsServer nats) {
        try {
            return JSON.readTree(nats.monitor("/varz"))
                    .path("total_connections")
                    .asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String impatient() {
        return "authorization { timeout: 1, users: [" + ADMIN + ", " + BRIDGE + "] }\n";
    }

    private static String users(String other) {
        return "authorization { users: [" + ADMIN + ", " + other + "] }\n";
    }
}
