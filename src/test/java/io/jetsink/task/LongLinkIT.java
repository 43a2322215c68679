package io.jetsink.task;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that are far away: 400 ms for each round trip. */
class LongLinkIT {
    private static final Duration ONE_WAY = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(12);
    private static final int RECORDS = 20_000;
    /** 4,000 records/s. Measured: 2.3 s, or 8,700 records/s, with either poll. */
    private static final Duration LIMIT = Duration.ofSeconds(5);

    /** The window of {@code publish.max.pending=auto} on a short way. */
    private static final int LEAST_WINDOW = 4_096;

    @RegisterExtension
    final FastRig rig = new FastRig();

    /**
     * A batch is not ended because its first answer needs longer than the linger. If each poll were a batch of its own, these
     * would be 1,600 s with polls of 10.
     */
    @ParameterizedTest
    @ValueSource(ints = {10, 500})
    void fastFillsALongLinkWhateverAPollBrings(int poll) throws Exception {
        FaultProxy proxy = rig.single();
        proxy.delay(ONE_WAY);
        rig.start("publish.mode", "fast");
        rig.worker.offer(1);
        rig.worker.until("a batch", PATIENCE, () -> rig.stored() > 0);
        long begin = System.nanoTime();
        for (int left = RECORDS; left > 0; left -= poll) {
            rig.worker.awaitRoom(PATIENCE);
            rig.worker.offer(poll);
        }
        rig.worker.drain(PATIENCE);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LIMIT);
        assertThat(requireNonNull(rig.link().currentPublisher()).window()).isGreaterThan(LEAST_WINDOW);
        assertThat(proxy.accepted()).isEqualTo(1);
        rig.assertNoTrace();
    }
}
