package io.jetsink.publish.once;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.OutboundMessage;
import io.jetsink.publish.AssignedPartition;
import io.nats.client.impl.Headers;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class AtomicBatchTest {
    private final PartitionClaim claim =
            new PartitionClaim(new AssignedPartition("task-0", new TopicPartition("t", 0)), "m.c.t.0", () -> 0);
    private final AtomicBatch batch = new AtomicBatch(0);
    private int offset;

    @Test
    void refusesARollupBehindAMessageOfItsSubject() {
        add(message("a"));
        add(message("b"));

        assertThat(batch.wouldBreakRollup(rollup("a"))).isTrue();
        assertThat(batch.wouldBreakRollup(rollup("b"))).isTrue();
        assertThat(batch.wouldBreakRollup(rollup("c"))).isFalse();
        add(rollup("c"));
        assertThat(batch.wouldBreakRollup(rollup("c"))).isTrue();
    }

    @Test
    void acceptsAnyOtherMessageOfASubjectThatItHolds() {
        add(rollup("a"));

        assertThat(batch.wouldBreakRollup(message("a"))).isFalse();
        assertThat(batch.wouldBreakRollup(new OutboundMessage("a", new Headers().put("h", "v"), new byte[0])))
                .isFalse();
    }

    private void add(OutboundMessage message) {
        batch.add(new AtomicBatch.Entry(offset, message, claim, AtomicTask.record(0, offset, 0)));
        offset++;
    }

    private static OutboundMessage message(String subject) {
        return new OutboundMessage(subject, null, new byte[0]);
    }

    private static OutboundMessage rollup(String subject) {
        return new OutboundMessage(subject, new Headers().put("Nats-Rollup", "sub"), new byte[0]);
    }
}
