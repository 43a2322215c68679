package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.api.StreamInfoOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Four tasks a mode with a record now and then, for {@code -Dquiet.minutes} on a real server: one connection each, and no
 * line in the log after the start.
 */
@Tag("faults")
class QuietHourIT {
    private static final int MINUTES = Integer.getInteger("quiet.minutes", 2);
    private static final int[] SECONDS = {1, 9, 11, 45};
    private static final List<String> MODES = List.of("fast", "async", "exactly-once");

    /** How long a task is polled after each record; it is settled long before. */
    private static final long ATTENDED = Duration.ofMillis(500).toNanos();

    private static final Duration TICK = Duration.ofMillis(50);

    @RegisterExtension
    final TaskRig rig = new TaskRig("quiet");

    @Test
    void quietTasksHaveNoOutages() throws Exception {
        List<QuietTask> tasks = new ArrayList<>();
        for (String mode : MODES) {
            rig.create(
                    rig.anyMode(mode + ".*", "jetsink.offsets." + mode + ".>").name(mode));
            for (int task = 0; task < SECONDS.length; task++) {
                tasks.add(new QuietTask(rig, mode, SECONDS[task], task % 2 == 0 ? 10 : 60));
            }
        }
        tasks.forEach(task -> task.worker.offer(1));
        tasks.forEach(task -> task.worker.drain());
        long connections = rig.nats.varz("total_connections");
        List<String> logged = rig.logged.lines();
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

        assertThat(rig.logged.lines()).isEqualTo(logged);
        assertThat(rig.nats.varz("total_connections")).isEqualTo(connections);
        for (QuietTask task : tasks) {
            StreamInfoOptions filtered = StreamInfoOptions.filterSubjects(task.subject);
            Map<String, Long> stored = rig.ask(streams ->
                    streams.getStreamInfo(task.mode, filtered).getStreamState().getSubjectMap());
            assertThat(stored).containsEntry(task.subject, task.worker.consumed());
        }
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

        QuietTask(TaskRig rig, String mode, int seconds, int commitSeconds) {
            this.mode = mode;
            this.subject = mode + "." + seconds;
            this.every = TimeUnit.SECONDS.toNanos(seconds);
            this.commitEvery = TimeUnit.SECONDS.toNanos(commitSeconds);
            String name = mode + "-" + seconds;
            worker = rig.start(
                    "mode", mode,
                    "name", name,
                    "topics", name,
                    "jetstream.stream", mode,
                    "subject", subject,
                    // Streams may not share subjects.
                    "exactly.once.marker.prefix", "jetsink.offsets." + mode);
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
