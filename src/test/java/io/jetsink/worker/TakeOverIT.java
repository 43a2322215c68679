package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A connector takes over the offsets of another consumer group as migration.md describes it. */
class TakeOverIT {
    private static final String TOPIC = "migrated";
    private static final String OTHER = "migrated-other";

    @Test
    void noRecordIsLostOrPublishedTwice() throws Exception {
        Bridge bridge = Bridge.shared();
        bridge.createTopicAndStream(TOPIC, 2);
        try (LoadProducer load = bridge.load(TOPIC, 2).build()) {
            load.produce(500);
            bridge.rest().create(OTHER, bridge.config(TOPIC, 2));
            bridge.kafka().awaitDrained(bridge.rest(), OTHER, List.of(TOPIC), Duration.ofSeconds(60));
            bridge.rest().createStopped(TOPIC, bridge.config(TOPIC, 2));
            bridge.rest().delete(OTHER);
            Map<TopicPartition, Long> committed = bridge.committed(OTHER);
            assertThat(committed)
                    .hasSize(2)
                    .allSatisfy((partition, offset) -> assertThat(offset).isEqualTo(500));
            List<Long> produced = load.produce(100);

            bridge.rest().alterOffsets(TOPIC, committed);
            bridge.rest().resume(TOPIC);

            bridge.awaitDrained(TOPIC);
            bridge.report(TOPIC, produced).assertClean();
        }
        bridge.rest().delete(TOPIC);
    }
}
