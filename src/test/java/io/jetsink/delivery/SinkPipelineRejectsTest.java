package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.delivery.PipelineFixture.P1;
import static io.jetsink.delivery.PipelineFixture.record;
import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.MessageSettings.TombstonePolicy;
import io.jetsink.delivery.PipelineFixture.Options;
import io.jetsink.publish.Failures;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Records that can never be stored. */
class SinkPipelineRejectsTest {
    private PipelineFixture task = new PipelineFixture();

    @Test
    void reportsWhenEverythingBeforeIsSettled() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b", "c");
        publisher.fail("b", Failures.tooLarge());
        publisher.ack("c");
        task.put();
        assertThat(task.reported).as("a is pending").isEmpty();

        publisher.ack("a");
        task.put();

        assertThat(task.reported).containsExactly("orders-0@2");
        assertThat(task.committable()).isEqualTo(4);
    }

    @Test
    void reportsInOrderWhatFailsOutOfOrder() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b", "c", "d", "e");

        publisher.fail("d", Failures.tooLarge());
        task.put();
        publisher.fail("a", Failures.tooLarge());
        publisher.ack("b", "c");
        task.put();

        assertThat(task.reported).containsExactly("orders-0@1", "orders-0@4");
        assertThat(task.committable()).isEqualTo(5);
    }

    /** The code of the refusal concerns no record when the whole epoch fails. */
    @Test
    void rejectsNoRecordWhenTheEpochFails() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b");

        publisher.failEpoch(Failures.tooLarge());
        task.put();

        assertThat(task.link.currentPublisher()).isNull();
        assertThat(task.reported).isEmpty();
        assertThat(task.committable()).isEqualTo(1);
    }

    @Test
    void sendsNothingBehindARejectedRecordThatIsNotReported() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.neverTakes("b");

        task.put("a", "b", "c");
        assertThat(publisher.sent()).containsExactly("proof", "a");
        publisher.ack("a");
        task.put();

        assertThat(task.reported).containsExactly("orders-0@2");
        assertThat(publisher.sent()).containsExactly("proof", "a", "c");
    }

    @Test
    void reportsNothingInACommitAndCommitsNothingUnreported() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b");
        publisher.fail("a", Failures.tooLarge());
        publisher.ack("b");

        assertThat(task.committable()).isEqualTo(1);
        assertThat(task.reported).isEmpty();

        task.put();
        assertThat(task.reported).containsExactly("orders-0@1");
        assertThat(task.committable()).isEqualTo(3);
    }

    @Test
    void sendsNoRejectedRecordAgain() throws InterruptedException {
        FakePublisher first = task.connectAndProve();
        task.put("a", "b", "c");
        first.fail("a", Failures.noResponders());
        first.fail("b", Failures.tooLarge());
        task.put();

        FakePublisher second = task.connect();
        second.whileWaiting(nanos -> second.ackAll());
        task.put();
        task.put();

        assertThat(second.sent()).containsExactly("a", "c");
        assertThat(task.reported).containsExactly("orders-0@2");
    }

    @Test
    void reportsARejectedRecordOfTheEpochBefore() throws InterruptedException {
        FakePublisher first = task.connectAndProve();
        task.put("a", "b");
        first.fail("a", Failures.tooLarge());
        FakePublisher second = task.connect();

        task.put();
        second.ack("b");

        assertThat(task.reported).containsExactly("orders-0@1");
        assertThat(second.sent()).containsExactly("b");
        assertThat(task.committable()).isEqualTo(3);
    }

    @Test
    void sendsAgainInTheSameEpochWhatCameBehindARefusedRecord() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b", "c", "d");
        publisher.endBatchAt("b", Failures.tooLarge());
        task.put();
        assertThat(task.reported).as("a is pending").isEmpty();
        assertThat(publisher.sent()).containsExactly("proof", "a", "b", "c", "d");

        publisher.ackThrough("a");
        task.put("e");

        assertThat(task.reported).containsExactly("orders-0@2");
        assertThat(publisher.sent()).containsExactly("proof", "a", "b", "c", "d", "c", "d", "e");
        assertThat(task.link.givenUp).isEmpty();
        publisher.ackThrough("d");
        assertThat(task.committable()).isEqualTo(5);
    }

    @Test
    void sendsNothingAgainInACommit() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b", "c");
        publisher.ackThrough("a");
        publisher.endBatchAt("b", Failures.tooLarge());

        assertThat(task.committable()).isEqualTo(2);
        assertThat(publisher.sent()).containsExactly("proof", "a", "b", "c");
        assertThat(publisher.waits()).as("nothing is under way").isZero();

        task.put();
        assertThat(task.reported).containsExactly("orders-0@2");
        assertThat(publisher.sent()).endsWith("c", "c");
    }

    @Test
    void countsARejectedRecordAmongTheAcksOfABatch() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b", "c");

        publisher.fail("b", Failures.tooLarge());
        publisher.ackThrough("c");
        assertThat(task.committable()).isEqualTo(2);
        task.put();

        assertThat(task.reported).containsExactly("orders-0@2");
        assertThat(task.committable()).isEqualTo(4);
    }

    @Test
    void failsAtTheRecordWhenNothingIsTolerated() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.errors(false, false));
        task.open(P1);
        FakePublisher publisher = task.connectAndProve();
        publisher.neverTakes("bad");

        assertThrown(ConnectException.class, () -> {
                    task.put(record(P0, 1, "a"), record(P1, 41, "bad"), record(P1, 42, "b"));
                    publisher.ackAll();
                    task.put();
                })
                .hasMessageContainingAll("orders-1@41", "errors.tolerance");
        assertThat(task.committable(P1, 43)).isEqualTo(41);
        assertThat(task.committable(P0, 2)).isEqualTo(2);
    }

    @Test
    void goesOnWithoutAReporterWhenAllIsTolerated() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.errors(false, true));
        FakePublisher publisher = task.connectAndProve();
        publisher.neverTakes("bad");
        task.put("bad", "a");
        publisher.ack("a");

        task.put();

        assertThat(task.committable()).isEqualTo(3);
    }

    @Test
    void countsASkippedTombstoneAsDelivered() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.tombstones(TombstonePolicy.SKIP));
        FakePublisher publisher = task.connectAndProve();

        task.put("a", null, "b", null);
        publisher.ack("a", "b");

        assertThat(publisher.sent()).containsExactly("proof", "a", "b");
        assertThat(task.reported).isEmpty();
        assertThat(task.committable()).isEqualTo(5);
    }

    @Test
    void skipsMoreTombstonesThanTheWindowHoldsInOnePut() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.window(2).tombstones(TombstonePolicy.SKIP));
        FakePublisher publisher = task.connectAndProve();

        task.put(null, null, null, null, null, "a");

        assertThat(publisher.sent()).containsExactly("proof", "a");
    }

    @Test
    void reportsATombstoneThatIsRefused() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.tombstones(TombstonePolicy.REJECT));
        task.connectAndProve();

        task.put((String) null);
        task.put();

        assertThat(task.reported).containsExactly("orders-0@1");
        assertThat(task.committable()).isEqualTo(2);
    }
}
