package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.delivery.PipelineFixture.P1;
import static io.jetsink.delivery.PipelineFixture.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.Failures;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Pauses, and partitions that are opened and closed. */
class SinkPipelineRebalanceTest {
    private final PipelineFixture task = new PipelineFixture();

    @Test
    void pausesEverythingAssignedWhileTheTargetStandsStill() throws InterruptedException {
        task.open(P1);

        task.put("a");

        assertThat(task.context.paused()).containsExactlyInAnyOrder(P0, P1);
    }

    @Test
    void pausesNothingWhileTheWindowHasRoom() throws InterruptedException {
        task.connectAndProve();

        task.put("a", "b", "c");

        assertThat(task.context.paused()).isEmpty();
    }

    @Test
    void resumesEverythingAssignedWhenAllIsSent() throws InterruptedException {
        task.put("a", "b");
        task.open(P1);
        FakePublisher publisher = task.connect();
        task.put();
        publisher.ack("a");
        assertThat(task.context.paused()).as("b was not sent").containsExactlyInAnyOrder(P0, P1);

        task.put();

        assertThat(publisher.sent()).containsExactly("a", "b");
        assertThat(task.context.paused()).isEmpty();
    }

    @Test
    void resumesInPutOnly() throws InterruptedException {
        task.put("a");
        task.close(P0);
        task.open(P1);
        task.connect();

        task.committable(P1, 0);
        assertThat(task.context.paused()).containsExactly(P1);

        task.put();
        assertThat(task.context.paused()).isEmpty();
    }

    @Test
    void pausesWhatIsOpenedWhilePaused() throws InterruptedException {
        task.put("a");

        task.open(P1);

        assertThat(task.context.isPaused(P1)).isTrue();
    }

    @Test
    void resumesWhatConnectRemembersAsPausedOverARebalance() throws InterruptedException {
        task.put("a");
        task.close(P0);
        task.open(P0);
        assertThat(task.context.isPaused(P0)).isTrue();

        FakePublisher publisher = task.connect();
        task.put();

        assertThat(publisher.sent()).as("its partition was closed").isEmpty();
        assertThat(task.context.paused()).isEmpty();
    }

    @Test
    void resumesWhatConnectRemembersAsPausedThoughItGoesOnInTheMiddleOfARebalance() throws InterruptedException {
        task.put("a");
        task.close(P0);
        task.connect();
        task.put();

        task.open(P0);

        assertThat(task.context.paused()).isEmpty();
    }

    @Test
    void neverSendsWhatWasClosedUnsent() throws InterruptedException {
        task.open(P1);
        task.put(record(P0, 0, "a"), record(P1, 0, "b"), record(P0, 1, "c"));

        task.close(P0);
        FakePublisher publisher = task.connect();
        task.put();

        assertThat(publisher.sent()).containsExactly("b");
    }

    @Test
    void neverSendsAgainWhatWasClosedInFlight() throws InterruptedException {
        task.open(P1);
        FakePublisher first = task.connectAndProve();
        task.put(record(P0, 1, "a"), record(P1, 0, "b"));
        task.close(P0);
        first.fail("a", Failures.noResponders());
        task.put();

        FakePublisher second = task.connect();
        task.put();

        assertThat(second.sent()).containsExactly("b");
    }

    @Test
    void takesInTheAcksOfClosedPartitions() throws InterruptedException {
        task.open(P1);
        FakePublisher publisher = task.connectAndProve();
        task.put(record(P0, 1, "a"), record(P1, 0, "b"));
        task.close(P0);

        publisher.ackThrough("b");

        assertThat(task.committable(P1, 1)).isEqualTo(1);
    }

    @Test
    void reportsNothingOfClosedPartitions() throws InterruptedException {
        task.open(P1);
        FakePublisher publisher = task.connectAndProve();
        task.put(record(P0, 1, "a"), record(P1, 0, "b"));
        publisher.fail("a", Failures.tooLarge());
        publisher.ack("b");
        assertThat(task.committable(P0, 2)).isEqualTo(1);

        task.close(P0);
        task.put();

        assertThat(task.reported).isEmpty();
        assertThat(task.committable(P1, 1)).isEqualTo(1);
    }

    @Test
    void tellsTheStaysOfAPartitionApart() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put(record(P0, 1, "a"));
        task.close(P0);
        task.open(P0);

        assertThat(task.committable(P0, 1)).as("a is of the stay before").isEqualTo(1);
        task.put(record(P0, 1, "a again"), record(P0, 2, "b"));
        publisher.ack("a again");

        assertThat(publisher.sent()).containsExactly("proof", "a", "a again", "b");
        assertThat(task.committable(P0, 3)).isEqualTo(2);
    }

    @Test
    void answersForEachPartitionThatIsAskedFor() throws InterruptedException {
        task.open(P1);
        TopicPartition unknown = new TopicPartition("other", 3);
        task.put(record(P0, 5, "a"), record(P1, 7, "b"));
        Map<TopicPartition, OffsetAndMetadata> asked =
                Map.of(P1, new OffsetAndMetadata(8), unknown, new OffsetAndMetadata(4));

        assertThat(task.pipeline.preCommit(asked))
                .containsOnly(Map.entry(P1, new OffsetAndMetadata(7)), Map.entry(unknown, new OffsetAndMetadata(4)));
    }

    @Test
    void toleratesTheClosingOfWhatIsNotOpen() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();

        task.close(P0, P1);
        task.close(P0);
        task.open(P1);
        task.put(record(P1, 0, "a"));

        assertThat(publisher.sent()).containsExactly("proof", "a");
    }
}
