package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.WireTap;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A target that takes nothing is asked seldom: less than twenty times a second by each task, whatever its mode. Modes
 * stand in line at the same time here, and stay below that together. {@link LinkIT} has it for a missing stream.
 */
class HotLoopIT {
    private static final Duration WINDOW = Duration.ofSeconds(3);
    private static final long MOST = 20 * WINDOW.toSeconds();

    private static final long ROOM = 100;
    private static final Map<String, Map<String, String>> MODES = Map.of(
            "async",
            Map.of("publish.mode", "async"),
            "sync",
            Map.of("publish.mode", "sync"),
            "fast",
            Map.of("publish.mode", "fast"),
            "once",
            Map.of("delivery.guarantee", "exactly-once"));

    private final List<FakeWorker> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(FakeWorker::stop);
    }

    @Tag("faults")
    @Test
    void aFullStreamIsAskedSeldomAndGoesOnWhenThereIsRoom() throws Exception {
        try (NatsServer nats = NatsServer.start();
                WireTap tap = WireTap.to(nats);
                Connection connection = nats.connect()) {
            JetStreamManagement management = connection.jetStreamManagement();
            for (String mode : MODES.keySet()) {
                management.addStream(stream(mode, ROOM));
                FakeWorker worker = start(tap.url(), mode);
                worker.feed(50);
                worker.drain();
            }
            for (FakeWorker worker : workers) {
                worker.offer(500);
            }

            // Exactly-once looks for the largest batch that fits in; from then on there is nothing but to ask.
            for (String mode : MODES.keySet()) {
                workers.get(0).until("a full stream", Duration.ofSeconds(30), () -> {
                    workers.forEach(FakeWorker::poll);
                    return isFull(management, mode);
                });
            }
            pollAll(Duration.ofMillis(500));
            Map<String, Long> before = said(tap);
            pollAll(WINDOW);
            Map<String, Long> after = said(tap);

            assertThat(after.get("messages") - before.get("messages")).isBetween(1L, MOST);
            assertThat(after.get("connections") - before.get("connections")).isLessThan(MOST);
            assertThat(workers).allSatisfy(worker -> {
                assertThat(worker.committable()).isLessThan(550);
                assertThat(worker.rejected).isEmpty();
            });
            for (String mode : MODES.keySet()) {
                management.updateStream(stream(mode, -1));
            }
            workers.forEach(FakeWorker::drain);
        }
    }

    @Test
    void aServerThatHangsUpIsCalledSeldom() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread hangingUp = new Thread(
                    () -> {
                        while (!listener.isClosed()) {
                            try {
                                listener.accept().close();
                                calls.incrementAndGet();
                            } catch (IOException e) {
                                if (!listener.isClosed()) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                        }
                    },
                    "hanging-up");
            hangingUp.setDaemon(true);
            hangingUp.start();
            for (String mode : MODES.keySet()) {
                start("nats://127.0.0.1:" + listener.getLocalPort(), mode).offer(500);
            }

            pollAll(WINDOW);

            assertThat(calls.get()).isBetween(2 * MODES.size(), (int) MOST);
        }
    }

    private FakeWorker start(String url, String name) {
        Map<String, String> config =
                new HashMap<>(Map.of("name", name, "topics", name, "nats.servers", url, "jetstream.stream", name));
        config.putAll(MODES.get(name));
        FakeWorker worker = new FakeWorker(name, new NatsJetStreamSinkTask());
        workers.add(worker);
        worker.start(config);
        return worker;
    }

    /** A batch of exactly-once has a marker, which takes a place before it gives one back. */
    private static boolean isFull(JetStreamManagement management, String name) {
        try {
            return management.getStreamInfo(name).getStreamState().getMsgCount() >= ROOM - 1;
        } catch (IOException | JetStreamApiException e) {
            throw new AssertionError(e);
        }
    }

    private static StreamConfiguration stream(String name, long limit) {
        return StreamConfiguration.builder()
                .name(name)
                .subjects(name, "jetsink.offsets." + name + ".>")
                .maxMessages(limit)
                .discardPolicy(DiscardPolicy.New)
                .allowBatched()
                .allowAtomicPublish()
                .allowRollup(true)
                .build();
    }

    private void pollAll(Duration length) {
        long begin = System.nanoTime();
        Awaitility.await("the end of the time in which requests are counted")
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(10))
                .atMost(length.multipliedBy(4))
                .until(() -> {
                    workers.forEach(FakeWorker::poll);
                    return System.nanoTime() - begin >= length.toNanos();
                });
    }

    private static Map<String, Long> said(WireTap tap) {
        return tap.operations().stream()
                .filter(operation ->
                        operation.verb().endsWith("PUB") || operation.verb().equals("CONNECT"))
                .collect(Collectors.groupingBy(
                        operation -> operation.verb().equals("CONNECT") ? "connections" : "messages",
                        Collectors.counting()));
    }
}
