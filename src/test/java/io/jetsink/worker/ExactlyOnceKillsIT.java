package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.ConnectCluster;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Exactly-once while five times a worker and five times a nats-server is killed under load, for each of twenty seeds; or
 * for {@code -Dfaults.seeds} of them, from {@code -Dfaults.first} on.
 */
@Tag("faults")
class ExactlyOnceKillsIT {
    private static final int TIMES = 5;

    @TestFactory
    Stream<DynamicTest> onOneServer() {
        return seeds(new Kills(Bridge.start(2, ExactlyOnceKillsIT::soonMissed), 1, 4_000));
    }

    @TestFactory
    Stream<DynamicTest> onACluster() {
        return seeds(new Kills(Bridge.startClustered(2, ExactlyOnceKillsIT::soonMissed), 3, 2_000));
    }

    /** The last one says whether the faults did bite. */
    private static Stream<DynamicTest> seeds(Kills kills) {
        long first = Long.getLong("faults.first", 0);
        AtomicLong copies = new AtomicLong();
        Stream<DynamicTest> seeds = LongStream.range(first, first + Long.getLong("faults.seeds", 20))
                .mapToObj(seed -> DynamicTest.dynamicTest(
                        "seed " + seed, () -> copies.addAndGet(kills.run("once-killed-" + seed, seed, TIMES))));
        DynamicTest control = DynamicTest.dynamicTest(
                "without the guarantee there are copies",
                () -> assertThat(copies).hasPositiveValue());
        return Stream.concat(seeds, Stream.of(control)).onClose(kills.bridge()::close);
    }

    /** A killed worker is out of its group after six seconds, and the other gets its tasks. */
    private static ConnectCluster.Builder soonMissed(ConnectCluster.Builder workers) {
        return workers.property("session.timeout.ms", "6000").property("heartbeat.interval.ms", "1500");
    }
}
