package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Default settings over lines that are slow, with some megabytes of buffers before the bottleneck: everything arrives, once,
 * in about the time that the bytes need, over one connection.
 */
class ThinLinkIT {
    private static final long MBIT = 125_000;
    private static final Map<String, String> ASYNC = Map.of("mode", "async");
    private static final Map<String, String> BEST_EFFORT = Map.of("mode", "best-effort");

    private static final Logger LOG = LoggerFactory.getLogger(ThinLinkIT.class);

    @RegisterExtension
    final FastRig rig = new FastRig();

    private FaultProxy proxy;

    @BeforeEach
    void open() {
        proxy = rig.single();
    }

    /** Its bytes need 7 s: longer than the ack timeout, and a PING that is sent meanwhile is queued behind them. */
    @Test
    void storesARecordThatNeedsLongerThanAnAckMay() throws Exception {
        run(ASYNC, 1, 900_000, 1);
    }

    @ParameterizedTest
    @Tag("faults")
    @MethodSource("links")
    void storesEverythingOnceInAboutTheTimeThatTheBytesNeed(String mode, int mbits, int size, int records)
            throws Exception {
        run(Map.of("mode", mode), mbits, size, records);
    }

    static Stream<Arguments> links() {
        int[][] links = {
            {1, 1_000, 2_500}, {1, 32_000, 80}, {1, 900_000, 4},
            {5, 1_000, 12_000}, {5, 32_000, 400}, {5, 900_000, 14},
            {20, 1_000, 50_000}, {20, 32_000, 1_600}, {20, 900_000, 56}
        };
        return Stream.of("async", "fast", "best-effort")
                .flatMap(mode -> Arrays.stream(links).map(link -> Arguments.of(mode, link[0], link[1], link[2])));
    }

    /** Two minutes of a line of 1 Mbit/s, far more than the client's queue holds. */
    @Test
    @Tag("faults")
    void bestEffortLosesNothingThatHasToWaitLong() throws Exception {
        run(BEST_EFFORT, 1, 1_000, 15_000);
    }

    @Test
    @Tag("faults")
    void bestEffortLosesNothingToAServerThatStandsStill() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        rig.start(BEST_EFFORT);
        rig.worker.deliver(number -> rig.record(number, 1_000));
        FastRig.during(
                () -> {
                    for (int i = 0; i < 3; i++) {
                        rig.awaitMoreStored();
                        rig.nats.sigstop();
                        try {
                            FastRig.elapse(Duration.ofSeconds(4));
                        } finally {
                            rig.nats.sigcont();
                        }
                    }
                    over.set(true);
                    return null;
                },
                () -> offer(10));
        rig.worker.drain();

        assertThat(over).isTrue();
        rig.awaitStored(rig.worker.consumed());
        assertThat(rig.report().lost()).isZero();
        assertThat(proxy.accepted()).isEqualTo(1);
    }

    private void run(Map<String, String> mode, int mbits, int size, int records) throws Exception {
        long bytesPerSecond = mbits * MBIT;
        long bytes = (long) records * size;
        rig.start(mode);
        rig.worker.deliver(number -> rig.record(number, size));
        rig.worker.until("a connection", FastRig.PATIENCE, () -> proxy.accepted() > 0);
        proxy.throttle(bytesPerSecond);
        long begin = System.nanoTime();
        Duration limit = Duration.ofMillis(bytes * 1_500 / bytesPerSecond).plusSeconds(10);

        int poll = Math.max(1, Math.min(500, (1 << 20) / size));
        for (int left = records; left > 0; left -= poll) {
            rig.worker.awaitRoom(limit);
            rig.worker.offer(Math.min(poll, left));
        }
        rig.worker.drain(limit);
        Duration taken = Duration.ofNanos(System.nanoTime() - begin);

        long sent = proxy.bytesOf("");
        // A PONG shows that the server has read a message, and not yet that the stream has it.
        rig.awaitStored(records);
        StreamReport report = rig.report();
        String figures = String.format(
                "%s %d Mbit/s %d x %d: %.1f s (bytes alone %.1f s), sent %.2f of the bytes, %d connections, %d duplicates",
                mode.values(),
                mbits,
                records,
                size,
                taken.toMillis() / 1e3,
                (double) bytes / bytesPerSecond,
                (double) sent / bytes,
                proxy.accepted(),
                report.duplicated());
        LOG.info(figures);
        assertThat(taken).as(figures).isLessThan(limit);
        assertThat(sent).as(figures).isLessThan(bytes * 12 / 10);
        assertThat(proxy.accepted()).as(figures).isLessThanOrEqualTo(2);
        report.assertClean();
    }

    private void offer(int records) {
        LockSupport.parkNanos(FastRig.PACE_NANOS);
        if (rig.worker.isPaused()) {
            rig.worker.poll();
        } else {
            rig.worker.offer(records);
        }
    }
}
