package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.WireTap;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A target that takes nothing is asked seldom: less than twenty times a second by each task, whatever its mode. Modes
 * stand in line at the same time here, and stay below that together. {@link LinkIT} has it for a missing stream.
 */
class HotLoopIT {
    private static final Duration WINDOW = Duration.ofSeconds(3);
    private static final long MOST = 20 * WINDOW.toSeconds();

    private static final long ROOM = 100;
    private static final List<String> MODES = List.of("async", "sync", "fast", "exactly-once");

    @RegisterExtension
    final TaskRig rig = new TaskRig("full");

    private final List<FakeWorker> workers = new ArrayList<>();

    @Tag("faults")
    @Test
    void aFullStreamIsAskedSeldomAndGoesOnWhenThereIsRoom() throws Exception {
        try (WireTap tap = WireTap.to(rig.nats);
                Connection connection = rig.connect()) {
            JetStreamManagement management = connection.jetStreamManagement();
            for (String mode : MODES) {
                management.addStream(stream(mode, ROOM));
                FakeWorker worker = start(tap.url(), mode);
                worker.settle(50);
            }
            for (FakeWorker worker : workers) {
                worker.offer(500);
            }

            // Exactly-once looks for the largest batch that fits in; from then on there is nothing but to ask.
            for (String mode : MODES) {
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
            for (String mode : MODES) {
                management.updateStream(stream(mode, -1));
            }
            workers.forEach(FakeWorker::drain);
            workers.forEach(FakeWorker::stop);
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
            for (String mode : MODES) {
                start("nats://127.0.0.1:" + listener.getLocalPort(), mode).offer(500);
            }

            pollAll(WINDOW);

            assertThat(calls.get()).isBetween(2 * MODES.size(), (int) MOST);
        }
    }

    private FakeWorker start(String url, String mode) {
        FakeWorker worker = rig.start(
                "mode", mode,
                "name", mode,
                "topics", mode,
                "nats.servers", url,
                "jetstream.stream", mode);
        workers.add(worker);
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
