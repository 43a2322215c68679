package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.stream.StreamReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.MemberDescription;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NATS is away for longer than the consumer's {@code max.poll.interval.ms} while a million records come in, and the worker
 * has 256 MB: it costs no heap, no rebalance and no task. Run it with {@code -Pfaults}; {@code -Dfaults.outage.minutes}
 * changes how long NATS is away.
 */
@Tag("faults")
class LongOutageIT {
    private static final Logger LOG = LoggerFactory.getLogger(LongOutageIT.class);
    private static final Duration OUTAGE = Duration.ofMinutes(Integer.getInteger("faults.outage.minutes", 6));
    private static final int PARTITIONS = 4;
    private static final int TASKS = 2;
    private static final String NAME = "outage";

    private Bridge bridge;

    @BeforeEach
    void start() {
        bridge = Bridge.start(1, worker -> worker.heap("256m"));
    }

    @AfterEach
    void stop() {
        bridge.close();
    }

    @Test
    void costsNoHeapNoRebalanceAndNoTask() throws Exception {
        bridge.createTopicAndStream(NAME, PARTITIONS);
        bridge.run(NAME, TASKS, Map.of());
        try (LoadProducer load = bridge.load(NAME, PARTITIONS).valueBytes(200).build()) {
            load.produce(1_000);
            bridge.awaitDrained(NAME);
            Set<String> members = members();
            int logged = bridge.logs().length();
            long threads = ofWorker("Threads");

            bridge.nats().kill9();
            long begin = System.nanoTime();
            List<Long> produced = load.produce(250_000);
            // The outage is the subject of this test; what is waited for is its end.
            Awaitility.await("the end of the outage")
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofSeconds(1))
                    .atMost(OUTAGE.plusMinutes(1))
                    .until(() -> {
                        assertRunning();
                        return System.nanoTime() - begin >= OUTAGE.toNanos();
                    });
            assertThat(members()).isEqualTo(members);
            assertThat(ofWorker("Threads")).isLessThanOrEqualTo(threads);
            long peakInOutage = ofWorker("VmHWM");
            bridge.nats().restart();
            long back = System.nanoTime();
            bridge.awaitDrained(NAME, Duration.ofMinutes(5));
            Duration drained = Duration.ofNanos(System.nanoTime() - back);

            StreamReport report = bridge.report(NAME, produced);
            String log = bridge.logs().substring(logged);
            LOG.info(
                    "{} away, drained in {}; worker's peak memory {} kB in the outage, {} kB in all; {} log lines, of"
                            + " which {} on the link; {}",
                    OUTAGE,
                    drained,
                    peakInOutage,
                    ofWorker("VmHWM"),
                    log.lines().count(),
                    log.lines().filter(line -> line.contains("no working link")).count(),
                    report);
            assertThat(report.lost()).isZero();
            assertThat(report.foreign()).isZero();
            assertThat(members()).isEqualTo(members);
            assertRunning();
            assertThat(log).contains("no working link to NATS");
            assertThat(log)
                    .doesNotContain("OutOfMemoryError")
                    .doesNotContain("poll timeout has expired")
                    .doesNotContain("(Re-)joining group")
                    .doesNotContainIgnoringCase("rebalanc");
            // One line when it begins and one a minute, for each task.
            assertThat(log.lines().filter(line -> line.contains("no working link")))
                    .hasSizeLessThanOrEqualTo((int) (OUTAGE.toMinutes() + 2) * TASKS);
        }
    }

    private void assertRunning() {
        assertThat(bridge.rest().status(NAME).tasks())
                .hasSize(TASKS)
                .allMatch(task -> task.state().equals("RUNNING"));
    }

    /** Who leaves a group and joins it again gets another id. */
    private Set<String> members() throws Exception {
        return bridge.kafka().members("connect-" + NAME).stream()
                .map(MemberDescription::consumerId)
                .collect(Collectors.toSet());
    }

    /** A number that the kernel has on the worker's process. */
    private long ofWorker(String field) throws IOException {
        Path status = Path.of("/proc", Long.toString(bridge.connect().worker(0).pid()), "status");
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")))
                .findFirst()
                .orElseThrow();
    }
}
