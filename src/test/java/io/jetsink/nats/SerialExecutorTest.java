package io.jetsink.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

class SerialExecutorTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String NAME = "jetsink-link-serial-0";

    private final CountDownLatch latch = new CountDownLatch(1);
    private final List<Integer> done = new CopyOnWriteArrayList<>();

    @Test
    void runsStepsOneAfterTheOtherInTheirOrder() {
        SerialExecutor executor = new SerialExecutor(NAME);
        AtomicInteger running = new AtomicInteger();

        for (int i = 0; i < 10_000; i++) {
            int step = i;
            executor.execute(() -> {
                if (running.incrementAndGet() == 1) {
                    done.add(step);
                }
                running.decrementAndGet();
            });
        }

        await().atMost(SOON).until(() -> done.size() == 10_000);
        assertThat(done).isSorted();
    }

    @Test
    void aStepThatHangsDelaysNoOtherExecutor() throws Exception {
        List<SerialExecutor> hanging =
                IntStream.range(0, 20).mapToObj(i -> new SerialExecutor(NAME)).toList();
        hanging.forEach(executor -> executor.schedule(this::hang, 1));
        SerialExecutor other = new SerialExecutor(NAME);

        other.schedule(() -> done.add(1), 1_000_000);

        await().atMost(SOON).until(() -> done.equals(List.of(1)));
        latch.countDown();
        for (SerialExecutor executor : hanging) {
            assertThat(executor.close(() -> done.add(2), SOON)).isTrue();
        }
        assertThat(done).hasSize(21);
    }

    @Test
    void hasAThreadWithItsNameAndContextWhileItRunsAStepOnly() {
        MDC.put("connector.context", "[serial|task-0] ");
        SerialExecutor executor = new SerialExecutor(NAME);
        MDC.clear();
        List<String> seen = new CopyOnWriteArrayList<>();

        executor.execute(() ->
                seen.add(MDC.get("connector.context") + Thread.currentThread().getName()));

        await().atMost(SOON).until(() -> seen.equals(List.of("[serial|task-0] " + NAME)));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.equals(NAME) || name.startsWith("jetsink-pool-")));
    }

    @Test
    void closeWaitsForItsTimeAndDropsWhatIsDueLater() throws Exception {
        SerialExecutor executor = new SerialExecutor(NAME);
        executor.execute(this::hang);
        executor.execute(() -> done.add(1));
        executor.schedule(() -> done.add(3), SOON.toNanos());

        assertThat(executor.close(() -> done.add(2), Duration.ofMillis(20))).isFalse();
        executor.execute(() -> done.add(4));
        latch.countDown();

        await().atMost(SOON).until(() -> done.equals(List.of(1, 2)));
        // A timer that still held the step would keep its thread.
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("jetsink-timer-")));
    }

    @Test
    void goesOnAfterAnError() {
        SerialExecutor executor = new SerialExecutor(NAME);
        executor.execute(() -> {
            throw new AssertionError("a step");
        });

        executor.execute(() -> done.add(1));

        await().atMost(SOON).until(() -> done.equals(List.of(1)));
    }

    private void hang() {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
