package io.jetsink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.support.NatsServer;
import io.nats.client.Connection;
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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A target that takes nothing is asked seldom: less than twenty times a second by each task, whatever its mode. Modes
 * stand in line at the same time here, and stay below that together. {@link LinkIT} has it for a missing stream.
 */
class HotLoopIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WINDOW = Duration.ofSeconds(3);
    private static final long MOST = 20 * WINDOW.toSeconds();

    private static final String ONCE = "once";
    private static final Map<String, Map<String, String>> MODES = Map.of(
            "async",
            Map.of("publish.mode", "async"),
            "sync",
            Map.of("publish.mode", "sync"),
            "fast",
            Map.of("publish.mode", "fast"),
            ONCE,
            Map.of("delivery.guarantee", "exactly-once"));

    private final List<FakeWorker> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(FakeWorker::stop);
    }

    @Test
    void aFullStreamIsAskedSeldomAndGoesOnWhenThereIsRoom() throws Exception {
        try (NatsServer nats = NatsServer.start();
                NatsServer batched = NatsServer.start()) {
            for (String mode : MODES.keySet()) {
                NatsServer server = mode.equals(ONCE) ? batched : nats;
                change(server, mode, 100);
                FakeWorker worker = start(server.url(), mode);
                worker.feed(50);
                worker.drain();
            }
            for (FakeWorker worker : workers) {
                worker.offer(500);
            }

            // What stands in line first may be sent at once; from then on it is asked for.
            pollAll(Duration.ofSeconds(1));
            JsonNode before = JSON.readTree(nats.monitor("/varz"));
            JsonNode batchesBefore = JSON.readTree(batched.monitor("/varz"));
            pollAll(WINDOW);
            JsonNode after = JSON.readTree(nats.monitor("/varz"));
            JsonNode batchesAfter = JSON.readTree(batched.monitor("/varz"));

            assertThat(grown("in_msgs", before, after)).isBetween(1L, MOST);
            assertThat(grown("total_connections", before, after)).isLessThan(MOST);
            // A batch is one request of many messages, and its answers are what tells how many there were.
            assertThat(grown("out_msgs", batchesBefore, batchesAfter)).isBetween(1L, MOST);
            assertThat(workers).allSatisfy(worker -> {
                assertThat(worker.committable()).isLessThan(550);
                assertThat(worker.rejected).isEmpty();
            });
            for (String mode : MODES.keySet()) {
                change(mode.equals(ONCE) ? batched : nats, mode, -1);
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

    /** Makes the stream, or changes it to this limit. */
    private static void change(NatsServer nats, String name, long limit) throws Exception {
        try (Connection connection = nats.connect()) {
            JetStreamManagement management = connection.jetStreamManagement();
            if (management.getStreamNames().contains(name)) {
                management.updateStream(stream(name, limit));
            } else {
                management.addStream(stream(name, limit));
            }
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

    private static long grown(String what, JsonNode before, JsonNode after) {
        return after.path(what).asLong() - before.path(what).asLong();
    }
}
