package io.jetsink.task;

import static io.jetsink.task.FastRig.STREAM;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Default settings over lines that are slow, with some megabytes of buffers before the bottleneck: everything arrives, once,
 * in about the time that the bytes need, over one connection.
 */
class ThinLinkIT {
    private static final long MBIT = 125_000;
    private static final Map<String, String> ASYNC = Map.of("publish.mode", "async");
    private static final Map<String, String> BEST_EFFORT = Map.of("delivery.guarantee", "best-effort");

    private static final Logger LOG = LoggerFactory.getLogger(ThinLinkIT.class);

    private FastRig rig;
    private FaultProxy proxy;

    @BeforeEach
    void open() throws Exception {
        rig = new FastRig();
        proxy = rig.single().get(0);
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    /** Its bytes need 7 s: longer than the ack timeout, and a PING that is sent meanwhile is queued behind them. */
    @Test
    void storesARecordThatNeedsLongerThanAnAckMay() throws Exception {
        run(ASYNC, 1, 900_000, 1);
    }

    @ParameterizedTest
    @Tag("faults")
    @CsvSource({
        "1,1000,2500", "1,32000,80", "1,900000,4",
        "5,1000,12000", "5,32000,400", "5,900000,14",
        "20,1000,50000", "20,32000,1600", "20,900000,56"
    })
    void async(int mbits, int size, int records) throws Exception {
        run(ASYNC, mbits, size, records);
    }

    @ParameterizedTest
    @Tag("faults")
    @CsvSource({
        "1,1000,2500", "1,32000,80", "1,900000,4",
        "5,1000,12000", "5,32000,400", "5,900000,14",
        "20,1000,50000", "20,32000,1600", "20,900000,56"
    })
    void fast(int mbits, int size, int records) throws Exception {
        run(Map.of("publish.mode", "fast"), mbits, size, records);
    }

    @ParameterizedTest
    @Tag("faults")
    @CsvSource({
        "1,1000,2500", "1,32000,80", "1,900000,4",
        "5,1000,12000", "5,32000,400", "5,900000,14",
        "20,1000,50000", "20,32000,1600", "20,900000,56"
    })
    void bestEffort(int mbits, int size, int records) throws Exception {
        run(BEST_EFFORT, mbits, size, records);
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
        deliver(1_000);
        FastRig.during(
                () -> {
                    for (int i = 0; i < 3; i++) {
                        rig.awaitMoreStored();
                        rig.server.sigstop();
                        try {
                            FastRig.elapse(Duration.ofSeconds(4));
                        } finally {
                            rig.server.sigcont();
                        }
                    }
                    over.set(true);
                    return null;
                },
                () -> offer(10));
        rig.worker.drain();

        assertThat(over).isTrue();
        rig.awaitStored(rig.worker.consumed());
        assertThat(report().lost()).isZero();
        assertThat(proxy.accepted()).isEqualTo(1);
    }

    private void run(Map<String, String> mode, int mbits, int size, int records) throws Exception {
        long bytesPerSecond = mbits * MBIT;
        long bytes = (long) records * size;
        rig.start(mode);
        deliver(size);
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
        StreamReport report = report();
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

    private void deliver(int size) {
        rig.worker.deliver(number -> {
            byte[] value = new byte[size];
            Arrays.fill(value, (byte) '.');
            byte[] name = ("0:" + number + ":").getBytes(US_ASCII);
            System.arraycopy(name, 0, value, 0, name.length);
            return new SinkRecord(STREAM, 0, null, null, null, value, number);
        });
    }

    private StreamReport report() {
        return rig.tally().report(List.of(rig.worker.consumed()));
    }
}
