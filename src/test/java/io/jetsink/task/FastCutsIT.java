package io.jetsink.task;

import static io.jetsink.task.FastRig.PACE_NANOS;
import static io.jetsink.task.FastRig.POLL;
import static io.jetsink.task.TaskRig.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.FaultProxy;
import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Fast-ingest when it matters what was on its way when a connection was cut: a beginning, an end, an answer. */
class FastCutsIT {
    @RegisterExtension
    final FastRig rig = new FastRig();

    @Test
    void learnsFromTheNextEpochThatABatchHadBegun() throws Exception {
        FaultProxy proxy = rig.single();
        rig.start("publish.mode", "fast", "publish.ack.timeout.ms", "400");
        rig.feed(POLL);
        rig.worker.drain();
        proxy.dropAnswers(true);
        rig.worker.offer(POLL);
        rig.untilLogged("no ack for 1200 ms");
        assertThat(rig.stored()).isEqualTo(POLL + 1);

        proxy.dropAnswers(false);
        rig.worker.drain();

        rig.assertNoTrace();
    }

    /**
     * What a middle box still holds of a dead connection. As long as the batch is open that was begun again under the same
     * id, a late beginning ends it and stores nothing; so no poll is empty here, which would end it before.
     */
    @Test
    @Tag("faults")
    void refusesABeginningThatComesLate() throws Exception {
        rig.single();
        List<FaultProxy> ways = rig.proxies(List.of(rig.nats, rig.nats));
        rig.start("publish.mode", "fast", "publish.ack.timeout.ms", "400", "nats.connect.timeout.ms", "500");
        rig.feed(POLL);
        rig.worker.drain();
        FaultProxy held = ways.get(ways.get(0).connections() > 0 ? 0 : 1);
        held.blackHole(true);
        rig.worker.offer(POLL);
        assertThat(rig.stored()).isEqualTo(POLL);

        FastRig.during(
                () -> {
                    Awaitility.await("a new beginning")
                            .atMost(PATIENCE)
                            .pollDelay(Duration.ZERO)
                            .pollInterval(Duration.ofMillis(2))
                            .until(() -> rig.stored() > POLL);
                    held.holdToServer(false);
                    rig.awaitMoreStored();
                    held.holdToClient(false);
                    rig.awaitMoreStored();
                    return null;
                },
                () -> {
                    rig.worker.offer(POLL);
                    LockSupport.parkNanos(PACE_NANOS);
                });
        rig.worker.drain();

        // The final answer goes to the inbox of the late beginning, which the batch that was begun again shares.
        rig.assertNoTrace();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Tag("faults")
    void keepsOrderWhereverItIsCut(long seed) throws Exception {
        cutsAtAnyMoment(List.of(rig.single()), seed, 150);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5})
    @Tag("faults")
    void keepsOrderWhereverItIsCutInACluster(long seed) throws Exception {
        cutsAtAnyMoment(rig.clustered(3), seed, 100);
    }

    /**
     * A trickle, so that batches begin and end all the time, with commits in between, and connections that are cut at any
     * moment, also while the one before is made good: now outcomes do get lost, but never a record nor its place.
     */
    private void cutsAtAnyMoment(List<FaultProxy> proxies, long seed, int cuts) throws Exception {
        rig.start("publish.mode", "fast", "publish.ack.timeout.ms", "500");
        Random random = new Random(seed);
        AtomicInteger done = new AtomicInteger();
        ScheduledExecutorService injector = Executors.newSingleThreadScheduledExecutor();
        rig.track(injector::shutdownNow);
        injector.scheduleWithFixedDelay(
                () -> {
                    for (FaultProxy proxy : proxies) {
                        proxy.dropAnswers(random.nextInt(4) == 0);
                        proxy.holdToServer(random.nextInt(6) == 0);
                        proxy.holdToClient(random.nextInt(6) == 0);
                        if (random.nextInt(3) > 0) {
                            proxy.reset();
                        }
                    }
                    done.incrementAndGet();
                },
                50,
                150,
                TimeUnit.MILLISECONDS);
        Random load = new Random(seed + 1);
        while (done.get() < cuts) {
            rig.feed(1 + load.nextInt(30));
            if (load.nextBoolean()) {
                rig.worker.poll();
            }
            if (load.nextInt(10) == 0) {
                rig.worker.committable();
            }
        }
        injector.shutdownNow();
        injector.awaitTermination(10, TimeUnit.SECONDS);
        proxies.forEach(proxy -> {
            proxy.dropAnswers(false);
            proxy.blackHole(false);
        });
        rig.worker.drain();

        StreamReport report = rig.report();
        report.assertOrderedAtLeastOnce();
        // Or its first message was there, which nobody said, and its second end, too.
        assertThat(report.duplicated()).isLessThanOrEqualTo(rig.saidUnknown() + cuts);
        LoggerFactory.getLogger(FastCutsIT.class)
                .info(
                        "{} epochs, {} said to be open, {}",
                        rig.logged.lines("connected to").size(),
                        rig.saidUnknown(),
                        report);
    }
}
