package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.delivery.PipelineFixture.P1;
import static io.jetsink.delivery.PipelineFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.MessageSettings.TombstonePolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Records that the stream holds already, and consumers that begin too far. */
class SinkPipelineReplayTest {
    private PipelineFixture task = new PipelineFixture();

    /** Its translation would reject it. */
    @Test
    void doesNotTranslateWhatIsStored() throws InterruptedException {
        task = new PipelineFixture(PipelineFixture.Options.DEFAULT.tombstones(TombstonePolicy.REJECT));
        FakePublisher publisher = task.connectAndProve().holds(1L, 2L);

        task.put(null, "stored", "new");

        assertThat(task.reported).isEmpty();
        assertThat(publisher.sent()).containsExactly("proof", "new");
        publisher.ack("new");
        task.put();
        assertThat(task.committable()).isEqualTo(4);
    }

    @Test
    void sendsAConsumerBackAndDropsWhatItDelivered() throws InterruptedException {
        task.open(P1);
        FakePublisher publisher = task.connectAndProve().sendsBackTo(100);

        task.put(record(P1, 150, "too far"), record(P1, 151, "too far, too"));
        task.put();
        assertThat(task.context.takeSeeks()).containsEntry(P1, 100L).hasSize(1);
        task.put(record(P1, 100, "missed"), record(P1, 150, "again"));

        assertThat(publisher.sent()).containsExactly("proof", "missed", "again");
        assertThat(task.context.takeSeeks()).isEmpty();
    }

    @Test
    void keepsTheRecordsOfOtherPartitions() throws InterruptedException {
        task.open(P1);
        FakePublisher publisher = task.connectAndProve().sendsBackTo(100);

        task.put(record(P1, 150, "too far"), record(P0, 1, "other"), record(P1, 151, "too far, too"));
        task.put();

        assertThat(publisher.sent()).containsExactly("proof", "other");
    }

    /** Connect seeks at the next poll, when a partition that was revoked in this one is gone. */
    @Test
    void seeksInPutOnlyAndNotWhenThePartitionIsGone() throws InterruptedException {
        task.open(P1);
        FakePublisher publisher = task.connectAndProve();
        publisher.takes(0).sendsBackTo(100);
        task.put(record(P1, 150, "too far"));
        task.committable(P1, 151);
        task.close(P1);
        task.put();

        assertThat(task.context.takeSeeks()).doesNotContainEntry(P1, 100L);
    }

    @Test
    void isCalledAgainWhenSomethingIsDueAlthoughItIsIdle() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put();
        task.context.takeTimeout();
        task.put();
        assertThat(task.context.takeTimeout()).as("nothing is due").isEqualTo(-1);

        publisher.due(Duration.ofMinutes(20));
        task.put();
        assertThat(task.context.takeTimeout()).isEqualTo(Duration.ofMinutes(20).toMillis());

        publisher.due(Duration.ZERO);
        task.put();
        assertThat(task.context.takeTimeout()).isEqualTo(50);

        task.link.lose();
        task.put();
        assertThat(task.context.takeTimeout()).as("a link that is down").isEqualTo(1_000);
    }
}
