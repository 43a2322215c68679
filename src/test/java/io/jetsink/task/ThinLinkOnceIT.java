package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exactly-once with its default settings over links that are slower than the topic. */
@Tag("faults")
class ThinLinkOnceIT {
    private static final int BYTES_PER_MBIT = 125_000;
    /** How long the link is busy with the records alone. */
    private static final int SECONDS = Integer.getInteger("thin.seconds", 20);

    @RegisterExtension
    final TaskRig rig = new TaskRig("once").with("mode", "exactly-once");

    @ParameterizedTest
    @CsvSource({
        "1, 1000", "1, 32000", "1, 900000",
        "5, 1000", "5, 32000", "5, 900000",
        "20, 1000", "20, 32000", "20, 900000"
    })
    void carriesEachRecordOnce(int megabits, int size) throws Exception {
        long rate = (long) megabits * BYTES_PER_MBIT;
        int records = (int) Math.max(3, SECONDS * rate / size);
        long bytes = (long) records * size;
        Duration ideal = Duration.ofMillis(1_000 * bytes / rate);
        rig.create(rig.anyMode());
        FaultProxy proxy = rig.proxy();
        proxy.throttle(rate);
        long before = rig.nats.varz("in_bytes");
        FakeWorker worker = rig.prepare(rig.name);
        worker.deliver(number -> rig.record(number, size));
        Duration patience = ideal.multipliedBy(3).plusSeconds(60);
        long begin = System.nanoTime();
        worker.start(rig.config(Map.of("nats.servers", proxy.url())));
        for (int left = records; left > 0; left -= 500) {
            worker.awaitRoom(patience);
            worker.offer(Math.min(500, left));
        }
        worker.drain(patience);
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        long connections = proxy.accepted();
        long sent = rig.nats.varz("in_bytes") - before;
        worker.stop();

        assertThat(took).isLessThan(ideal.multipliedBy(3).dividedBy(2).plusSeconds(10));
        assertThat(sent).as("bytes, of %d", bytes).isLessThan(bytes * 6 / 5);
        assertThat(connections).isLessThanOrEqualTo(2);
        rig.report().assertClean();
    }
}
