package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.Logged;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfoOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Four tasks a mode with a record now and then, for {@code -Dquiet.minutes} on a real server: one connection each, and no
 * line in the log after the start.
 */
@Tag("faults")
class QuietHourIT {
    private static final int MINUTES = Integer.getInteger("quiet.minutes", 2);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int[] SECONDS = {1, 9, 11, 45};
    private static final Map<String, String> MODES = Map.of(
            "fast", "publish.mode",
            "async", "publish.mode",
            "exactly-once", "delivery.guarantee");
    /** How long a task is polled after each record; it is settled long before. */
    private static final long ATTENDED = Duration.ofMillis(500).toNanos();

    private static final Duration TICK = Duration.ofMillis(50);

    private final List<QuietTask> tasks = new ArrayList<>();

    @AfterEach
    void stop() {
        tasks.forEach(task -> task.worker.stop());
    }

    @Test
    void quietTasksHaveNoOutages() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            for (String mode : MODES.keySet()) {
                create(nats, mode);
                for (int task = 0; task < SECONDS.length; task++) {
                    tasks.add(new QuietTask(nats, mode, SECONDS[task], task % 2 == 0 ? 10 : 60));
                }
            }
            tasks.forEach(task -> task.worker.offer(1));
            tasks.forEach(task -> task.worker.drain());
            long connections = connections(nats);
            try (Logged logged = Logged.begin()) {
                long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);

                Awaitility.await("the quiet time to pass")
                        .pollInSameThread()
                        .pollInterval(TICK)
                        .atMost(Duration.ofMinutes(MINUTES + 2))
                        .until(() -> {
                            tasks.forEach(QuietTask::step);
                            return System.nanoTime() - end >= 0;
                        });
                tasks.forEach(task -> task.worker.drain());

                assertThat(logged.lines()).isEmpty();
            }
            assertThat(connections(nats)).isEqualTo(connections);
            for (QuietTask task : tasks) {
                assertThat(stored(nats, task)).isEqualTo(task.worker.consumed());
            }
        }
    }

    private static void create(NatsServer nats, String mode) throws Exception {
        try (Connection connection = nats.connect()) {
            connection
                    .jetStreamManagement()
                    .addStream(StreamConfiguration.builder()
                            .name(mode)
                            .subjects(mode + ".*", "jetsink.offsets." + mode + ".>")
                            .allowBatched()
                            .allowAtomicPublish()
                            .allowRollup(true)
                            .build());
        }
    }

    private static long stored(NatsServer nats, QuietTask task) throws Exception {
        try (Connection connection = nats.connect()) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo(task.mode, StreamInfoOptions.filterSubjects(task.subject))
                    .getStreamState()
                    .getSubjectMap()
                    .getOrDefault(task.subject, 0L);
        }
    }

    private static long connections(NatsServer nats) throws IOException {
        return JSON.readTree(nats.monitor("/varz")).path("total_connections").asLong();
    }

    private static final class QuietTask {
        private final String mode;
        private final String subject;
        private final FakeWorker worker;
        private final long every;
        private final long commitEvery;
        private long recordAt;
        private long commitAt;
        private long attendedUntil;

        QuietTask(NatsServer nats, String mode, int seconds, int commitSeconds) {
            this.mode = mode;
            this.subject = mode + "." + seconds;
            this.every = TimeUnit.SECONDS.toNanos(seconds);
            this.commitEvery = TimeUnit.SECONDS.toNanos(commitSeconds);
            String name = mode + "-" + seconds;
            Map<String, String> config = new HashMap<>(Map.of(
                    "name", name,
                    "topics", name,
                    "nats.servers", nats.url(),
                    "jetstream.stream", mode,
                    "subject", subject));
            config.put(MODES.get(mode), mode);
            // Streams may not share subjects.
            config.put("exactly.once.marker.prefix", "jetsink.offsets." + mode);
            worker = new FakeWorker(name, new NatsJetStreamSinkTask());
            worker.start(config);
            recordAt = System.nanoTime() + every;
            commitAt = System.nanoTime() + commitEvery;
        }

        void step() {
            long now = System.nanoTime();
            if (commitAt - now <= 0) {
                worker.committable();
                commitAt += commitEvery;
            }
            if (recordAt - now <= 0) {
                worker.offer(1);
                recordAt += every;
                attendedUntil = now + ATTENDED;
            } else if (attendedUntil - now > 0) {
                worker.poll();
            }
        }
    }
}
