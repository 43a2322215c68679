package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.delivery.PipelineFixture.record;
import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.delivery.PipelineFixture.Options;
import io.jetsink.publish.Failures;
import java.util.stream.IntStream;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class SinkPipelineTest {
    private PipelineFixture task = new PipelineFixture();

    @Test
    void commitsNothingWhileTheFirstOffsetIsPending() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b", "c");

        publisher.ack("b", "c");

        assertThat(task.committable()).isEqualTo(1);
    }

    @Test
    void commitsWhatTheFrameworkConsumedWhenAllIsStored() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b");

        publisher.ack("b", "a");

        assertThat(task.committable(P0, 17))
                .as("a filter dropped what came after b")
                .isEqualTo(17);
    }

    @Test
    void commitsTheOriginalOffsetsOfRenamedRecords() throws InterruptedException {
        FakePublisher publisher = task.connect();
        SinkRecord renamed = new SinkRecord(
                "renamed", 7, null, null, null, "a", 1, 0L, TimestampType.CREATE_TIME, null, P0.topic(), 0, 41);

        task.put(renamed);

        assertThat(publisher.subjects()).containsExactly("renamed");
        assertThat(task.committable(P0, 42)).isEqualTo(41);
    }

    @Test
    void sendsAgainInOrderWhatIsNotSettled() throws InterruptedException {
        FakePublisher first = task.connectAndProve();
        task.put("a", "b", "c", "d");
        first.fail("a", Failures.noResponders());
        first.ack("b");

        task.put();
        FakePublisher second = task.connect().whileWaiting(task.clock::advance);
        task.put();
        second.ack("a");
        task.put();

        assertThat(task.link.givenUp).hasSize(1);
        assertThat(second.sent()).containsExactly("a", "c", "d");
    }

    @Test
    void probesAnEpochWithOneMessage() throws InterruptedException {
        FakePublisher publisher = task.connect();

        task.put("a", "b", "c");
        assertThat(publisher.sent()).containsExactly("a");

        publisher.ack("a");
        task.put();
        assertThat(publisher.sent()).containsExactly("a", "b", "c");
    }

    @Test
    void takesNoAckOfTheEpochBeforeForAProof() throws InterruptedException {
        FakePublisher first = task.connectAndProve();
        task.put("a", "b", "c");

        first.ack("a");
        FakePublisher second = task.connect();
        task.put();

        assertThat(second.sent()).containsExactly("b");
    }

    @Test
    void takesNoSkippedTombstoneForAProof() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.tombstones(TombstonePolicy.SKIP));
        FakePublisher publisher = task.connect();

        task.put((String) null);
        task.put("a", "b");

        assertThat(publisher.sent()).containsExactly("a");
        assertThat(task.link.progressed).isZero();
    }

    @Test
    void publishesNothingInACommit() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.window(2));
        FakePublisher publisher = task.connectAndProve();
        publisher.takes(1);
        task.put("a", "b");
        publisher.takes(100);
        publisher.ack("a");

        assertThat(task.committable()).isEqualTo(2);
        assertThat(publisher.sent()).containsExactly("proof", "a");
    }

    @Test
    void sendsABatchLargerThanTheWindowInOnePut() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.window(4));
        FakePublisher publisher = task.connect();
        publisher.whileWaiting(nanos -> publisher.ackAll());
        String[] batch = IntStream.range(0, 50).mapToObj(i -> "m" + i).toArray(String[]::new);

        task.put(batch);

        assertThat(publisher.sent()).containsExactly(batch);
        assertThat(task.context.paused()).isEmpty();
    }

    @Test
    void keepsToTheWindow() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.window(2));
        FakePublisher publisher = task.connectAndProve();

        task.put("a", "b", "c");

        assertThat(publisher.sent()).containsExactly("proof", "a", "b");
    }

    @Test
    void keepsToTheBytesOfTheWindow() throws InterruptedException {
        int one = "orders".length() + 1;
        task = new PipelineFixture(Options.DEFAULT.maxBytes(2 * one));
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b", "c");
        assertThat(publisher.sent()).containsExactly("proof", "a", "b");

        publisher.ack("a");
        task.put();

        assertThat(publisher.sent()).containsExactly("proof", "a", "b", "c");
    }

    @Test
    void sendsAMessageThatIsLargerThanTheBytesOfTheWindow() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.maxBytes(10));
        FakePublisher publisher = task.connectAndProve();
        String large = "x".repeat(1000);

        task.put(large, "b");
        assertThat(publisher.sent()).containsExactly("proof", large);

        publisher.ack(large);
        task.put();
        assertThat(publisher.sent()).containsExactly("proof", large, "b");
    }

    @Test
    void losesNothingWhenTheQueueIsFullAndDoesNotSpin() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.takes(2);

        task.put("a", "b", "c", "d");
        assertThat(publisher.sent()).containsExactly("proof", "a", "b");
        assertThat(publisher.refusals()).isLessThanOrEqualTo(2);

        publisher.takes(100);
        task.put();
        assertThat(publisher.sent()).containsExactly("proof", "a", "b", "c", "d");
    }

    @Test
    void publishesAgainWhatIsDeliveredAgain() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put(record(P0, 8, "a"), record(P0, 9, "b"));
        publisher.ack("a", "b");
        assertThat(task.committable(P0, 10)).isEqualTo(10);

        task.put(record(P0, 3, "c"), record(P0, 8, "a again"));

        assertThat(publisher.sent()).containsExactly("proof", "a", "b", "c", "a again");
        assertThat(task.committable(P0, 9)).isEqualTo(3);
    }

    @Test
    void commitsTheLowestOfTwoDeliveriesOfOneOffset() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();

        task.put(record(P0, 8, "a"), record(P0, 9, "b"), record(P0, 3, "c"));
        publisher.ack("a");

        assertThat(task.committable(P0, 4)).isEqualTo(3);
        publisher.ack("c");
        assertThat(task.committable(P0, 4)).as("b holds nothing below itself").isEqualTo(4);
    }

    @Test
    void failsAtTheNextPutWhenTheConfigurationIsWrong() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a");
        publisher.fail("a", Failures.definite());

        assertThat(task.committable()).isEqualTo(1);
        assertThrown(ConnectException.class, task::put, "jetstream.stream");
    }

    @Test
    void endsWhatIsInHandWhenNothingMoreComes() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();

        task.put("a");
        assertThat(publisher.flushes()).isZero();

        task.put();
        assertThat(publisher.flushes()).isEqualTo(1);
    }
}
