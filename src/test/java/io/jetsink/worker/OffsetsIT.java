package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.RestException;
import io.jetsink.support.stream.StreamEntry;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Offsets of stopped connectors are altered through Connect's REST, and of exactly-once ones in the stream, too. {@link
 * LifecycleIT} alters those of other connectors.
 */
class OffsetsIT {
    private static final Map<String, String> EXACTLY_ONCE = Map.of("delivery.guarantee", "exactly-once");
    private static Bridge bridge;

    @BeforeAll
    static void start() {
        bridge = Bridge.shared();
    }

    @Test
    void whatIsSteppedBackAppearsAgainAndWhatIsSteppedOverDoesNot() throws Exception {
        bridge.createTopicAndOnceStream("alter", 2);
        try (LoadProducer load = bridge.load("alter", 2).build()) {
            load.produce(100);
            bridge.run("alter", 2, EXACTLY_ONCE);
            bridge.awaitDrained("alter");
            assertThat(stored("alter", 0)).containsExactly(range(0, 100));

            // Back by ten.
            bridge.rest().stop("alter");
            alter("alter", 0, 90);
            resume("alter", 2);
            assertThat(stored("alter", 0)).hasSize(110).endsWith(range(90, 100));
            assertThat(stored("alter", 1)).containsExactly(range(0, 100));

            // Forward by ten of twenty new ones.
            bridge.rest().stop("alter");
            load.produce(20);
            alter("alter", 0, 110);
            resume("alter", 2);
            assertThat(stored("alter", 0)).hasSize(120).endsWith(range(110, 120));
            assertThat(stored("alter", 1)).containsExactly(range(0, 120));

            // Everything again.
            bridge.rest().stop("alter");
            reset("alter");
            resume("alter", 2);
            assertThat(stored("alter", 0)).hasSize(240).endsWith(range(0, 120));
            assertThat(stored("alter", 1)).hasSize(240).endsWith(range(0, 120));

            // And on.
            load.produce(50);
            bridge.awaitDrained("alter");
            assertThat(stored("alter", 0)).hasSize(290).endsWith(range(120, 170));
            assertThat(stored("alter", 1)).hasSize(290).endsWith(range(120, 170));
        }
    }

    @Test
    void aConnectorThatIsCreatedAgainResumesFromItsMarkers() throws Exception {
        bridge.createTopicAndOnceStream("again", 2);
        bridge.run("again", 2, EXACTLY_ONCE);
        try (LoadProducer load = bridge.load("again", 2).build()) {
            load.produce(500);
            bridge.awaitDrained("again");

            bridge.rest().delete("again");
            bridge.forgetGroup("again");
            load.produce(100);
            bridge.run("again", 1, EXACTLY_ONCE);
            bridge.awaitDrained("again");
            List<Long> produced = load.produce(100);
            bridge.awaitDrained("again");

            bridge.report("again", produced).assertClean();
        }
    }

    @Test
    void aResetWithoutAConsumerGroupResetsTheMarkersAllTheSame() throws Exception {
        bridge.createTopicAndOnceStream("reset", 2);
        bridge.run("reset", 1, EXACTLY_ONCE);
        try (LoadProducer load = bridge.load("reset", 2).build()) {
            load.produce(50);
            bridge.awaitDrained("reset");
            bridge.rest().stop("reset");
            bridge.forgetGroup("reset");

            reset("reset");
            resume("reset", 1);

            assertThat(stored("reset", 0)).hasSize(100).endsWith(range(0, 50));
            assertThat(stored("reset", 1)).hasSize(100).endsWith(range(0, 50));
        }
    }

    @Test
    void whatCannotBeAlteredLeavesEverythingAsItIs() throws Exception {
        bridge.createTopicAndOnceStream("refused", 1);
        bridge.run("refused", 1, EXACTLY_ONCE);
        try (LoadProducer load = bridge.load("refused", 1).build()) {
            load.produce(50);
            bridge.awaitDrained("refused");
            bridge.rest().stop("refused");

            assertThatThrownBy(() -> bridge.rest().alterOffsets("refused", Map.of(partition("refused", 0), -1L)))
                    .isInstanceOf(RestException.class)
                    .hasMessageContaining("offsets begin at 0");
            assertThatThrownBy(() -> bridge.rest().alterOffsets("refused", Map.of(partition("refused", 7), 10L)))
                    .isInstanceOf(RestException.class);
            bridge.createStream("elsewhere", stream -> stream.subjects("elsewhere.>"));
            Map<String, String> elsewhere = bridge.config("refused", 1);
            elsewhere.putAll(EXACTLY_ONCE);
            elsewhere.put("jetstream.stream", "elsewhere");
            bridge.rest().create("refused", elsewhere);
            assertThatThrownBy(() -> bridge.rest().alterOffsets("refused", Map.of(partition("refused", 0), 10L)))
                    .isInstanceOf(RestException.class)
                    .hasMessageContaining("left as they were")
                    .hasMessageContaining("nats stream edit elsewhere --allow-batch --allow-rollup");
            assertThat(bridge.committed("refused")).isEqualTo(Map.of(partition("refused", 0), 50L));
            elsewhere.put("jetstream.stream", "refused");
            bridge.rest().create("refused", elsewhere);

            List<Long> produced = load.produce(50);
            resume("refused", 1);
            bridge.report("refused", produced).assertClean();
        }
    }

    private static void resume(String name, int tasks) {
        bridge.rest().resume(name);
        bridge.rest().awaitRunning(name, tasks);
        bridge.awaitDrained(name);
    }

    private static void alter(String name, int partition, long offset) {
        bridge.onceStopped(() -> bridge.rest().alterOffsets(name, Map.of(partition(name, partition), offset)));
    }

    private static void reset(String name) {
        bridge.onceStopped(() -> bridge.rest().resetOffsets(name));
    }

    /** The record numbers of one partition in the order of the stream. */
    private static List<Long> stored(String name, int partition) throws Exception {
        return bridge.read(name).entries().stream()
                .filter(entry -> entry.partition() == partition)
                .map(StreamEntry::sequence)
                .toList();
    }

    private static TopicPartition partition(String topic, int partition) {
        return new TopicPartition(topic, partition);
    }

    private static Long[] range(long from, long to) {
        return LongStream.range(from, to).boxed().toArray(Long[]::new);
    }
}
