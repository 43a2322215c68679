package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.TaskAccess;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tasks come and go in a worker that lives for months: they start and stop at once and leave nothing, whatever NATS does. */
class TaskLifecycleIT {
    private static final int TASKS = 200;
    /** The task's own bound, and as much again for a busy machine. */
    private static final Duration STOP = Duration.ofMillis(2 * 500);
    /** A worker gives all its tasks five seconds together; on a busy machine, threads of two hundred wait for a core. */
    private static final Duration STOP_AT_ONCE = Duration.ofSeconds(4);

    private static final Duration START = Duration.ofSeconds(1);

    @RegisterExtension
    final TaskRig rig = new TaskRig("life");

    private Set<Thread> threads;
    private long sockets;

    @BeforeEach
    void create() throws Exception {
        rig.create(rig.stream());
        threads = threads();
        sockets = sockets();
    }

    @Test
    void tasksLeaveNoThreadAndNoSocketBehind() throws Exception {
        List<FakeWorker> workers = startAll();
        for (FakeWorker worker : workers) {
            worker.feed(5);
        }
        workers.forEach(FakeWorker::drain);
        assertThat(rig.stored()).isEqualTo(5L * TASKS);
        assertThat(sockets()).isGreaterThanOrEqualTo(sockets + TASKS);

        stop(workers, TASKS / 2);

        assertNothingIsLeft();
    }

    @Test
    void tasksWithoutAServerStartAndStopAtOnce() throws Exception {
        rig.nats.kill9();
        List<FakeWorker> workers = startAll();
        for (FakeWorker worker : workers) {
            worker.offer(5);
            assertThat(worker.committable()).isZero();
        }

        stop(workers, 3);

        assertNothingIsLeft();
    }

    @Test
    void tasksThatConnectToASilentServerStartAndStopAtOnce() throws Exception {
        rig.nats.sigstop();
        // A start that waited for its connection would take two seconds.
        List<FakeWorker> workers = startAll("nats.connect.timeout.ms", "2000");

        stop(workers, 3);

        assertNothingIsLeft();
    }

    @Test
    void tasksStopAtOnceWhenTheServerStandsStill() throws Exception {
        List<FakeWorker> workers = startAll("publish.ack.timeout.ms", "100");
        for (FakeWorker worker : workers) {
            worker.feed(5);
        }
        workers.forEach(FakeWorker::drain);
        rig.nats.sigstop();
        long begin = System.nanoTime();
        workers.forEach(worker -> worker.offer(5));
        // From here on the links wait for the answer to their probe, which takes them two seconds.
        workers.get(0)
                .until(
                        "the ack timeout to be over",
                        START,
                        () -> System.nanoTime() - begin > Duration.ofMillis(150).toNanos());
        workers.forEach(FakeWorker::poll);

        stop(workers, 3);

        assertNothingIsLeft();
    }

    @Test
    void aHundredThousandMessagesNeedNoMoreThreadsThanOne() throws Exception {
        FakeWorker worker = start("busy", Map.of());
        worker.settle(1);
        Set<Thread> ofOneMessage = threads();
        long startedBefore = ManagementFactory.getThreadMXBean().getTotalStartedThreadCount();
        Set<Thread> seen = new HashSet<>();

        for (int batch = 0; batch < 100; batch++) {
            worker.feed(1_000);
            seen.addAll(threads());
        }
        worker.drain();

        // The JVM itself may start one or the other.
        assertThat(ManagementFactory.getThreadMXBean().getTotalStartedThreadCount() - startedBefore)
                .isLessThan(10);
        seen.removeAll(ofOneMessage);
        assertThat(seen).extracting(Thread::getName).noneMatch(name -> name.contains("busy"));
        assertThat(rig.stored()).isEqualTo(100_001);
        worker.stop();
        assertNothingIsLeft();
    }

    @Test
    void theServerShowsConnectorAndTask() throws Exception {
        FakeWorker worker = start("orders", TaskAccess.number(7));
        worker.settle(1);

        assertThat(rig.nats.monitor("/connz")).contains("\"name\": \"orders-7\"");
    }

    @Test
    void theServerShowsTheConfiguredName() throws Exception {
        rig.with("nats.connection.name", "bridge \"east\"");
        FakeWorker worker = start("orders", TaskAccess.number(7));
        worker.settle(1);

        assertThat(rig.nats.monitor("/connz")).contains("\"name\": \"bridge \\\"east\\\"\"");
    }

    private List<FakeWorker> startAll(String... more) {
        rig.with(more);
        List<FakeWorker> workers = new ArrayList<>();
        for (int task = 0; task < TASKS; task++) {
            workers.add(start("many", TaskAccess.number(task)));
        }
        return workers;
    }

    private FakeWorker start(String connector, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(rig.config(more));
        config.put("name", connector);
        FakeWorker worker = rig.prepare(rig.name);
        assertThat(worker.start(config)).isLessThan(START);
        return worker;
    }

    /** Some one after the other, and then the rest as a worker does that is shut down. */
    private static void stop(List<FakeWorker> workers, int oneByOne) throws Exception {
        for (FakeWorker worker : workers.subList(0, oneByOne)) {
            assertThat(worker.stop()).isLessThan(STOP);
        }
        assertThat(stopAtOnce(workers.subList(oneByOne, workers.size())))
                .hasSize(workers.size() - oneByOne)
                .allMatch(took -> took.compareTo(STOP_AT_ONCE) < 0);
    }

    private static List<Duration> stopAtOnce(List<FakeWorker> workers) throws Exception {
        ExecutorService stopping = Executors.newFixedThreadPool(workers.size());
        try {
            List<Duration> stops = new ArrayList<>();
            for (Future<Duration> stop : stopping.invokeAll(workers.stream()
                    .map(worker -> (Callable<Duration>) worker::stop)
                    .toList())) {
                stops.add(stop.get());
            }
            return stops;
        } finally {
            stopping.shutdown();
        }
    }

    private void assertNothingIsLeft() {
        await("the threads to end").untilAsserted(() -> {
            Set<Thread> left = threads();
            left.removeAll(threads);
            assertThat(left).extracting(Thread::getName).isEmpty();
        });
        await("the sockets to close").untilAsserted(() -> assertThat(sockets()).isLessThanOrEqualTo(sockets));
    }

    /** On this thread: Awaitility's own would be counted. */
    private static ConditionFactory await(String what) {
        return Awaitility.await(what)
                .pollInSameThread()
                .pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(15));
    }

    /** Without the JDK's own thread, which waits for the processes that the test starts. */
    private static Set<Thread> threads() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(thread -> thread.getName().equals("process reaper"));
        return threads;
    }

    private static long sockets() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(Files::isSymbolicLink)
                    .filter(TaskLifecycleIT::isSocket)
                    .count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }
}
