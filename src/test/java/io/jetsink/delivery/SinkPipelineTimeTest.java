package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.ACK_TIMEOUT;
import static io.jetsink.delivery.PipelineFixture.P0;
import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.delivery.PipelineFixture.Options;
import io.jetsink.support.Logged;
import java.time.Duration;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

/** Time limits of the pipeline, and its behavior when no outcome arrives. */
class SinkPipelineTimeTest {
    private PipelineFixture task = new PipelineFixture();

    @Test
    void failsWhenAnOutageOutlastsItsLimitAndNotBefore() throws InterruptedException {
        Duration limit = Duration.ofMinutes(1);
        task = new PipelineFixture(Options.DEFAULT.retryTimeout(limit));
        task.clock.advance(Duration.ofHours(1));
        task.put("a");

        task.clock.advance(limit);
        task.put();
        task.clock.advance(Duration.ofNanos(1));

        assertThrown(ConnectException.class, task::put, "60000 ms", "publish.retry.timeout.ms", "connection refused");
    }

    @Test
    void measuresAnOutageFromTheLatestProgress() throws InterruptedException {
        Duration limit = Duration.ofMinutes(1);
        task = new PipelineFixture(Options.DEFAULT.retryTimeout(limit));
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b");
        task.clock.advance(limit);
        publisher.ack("a");
        task.put();
        task.link.lose();

        task.clock.advance(limit);

        task.put();
        assertThat(task.committable()).isEqualTo(2);
    }

    @Test
    void outlastsAnyOutageByDefault() throws InterruptedException {
        task.put("a", "b");
        for (int day = 0; day < 10; day++) {
            task.clock.advance(Duration.ofDays(1));
            task.put();
        }

        FakePublisher publisher = task.connect();
        publisher.whileWaiting(nanos -> publisher.ackAll());
        task.put();

        assertThat(publisher.sent()).containsExactly("a", "b");
        assertThat(task.context.paused()).isEmpty();
    }

    @Test
    void asksForASignOfLifeAfterTheAckTimeoutAndGivesUpAfterThreeOfThem() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a");

        task.clock.advance(ACK_TIMEOUT.minusNanos(1));
        task.put();
        assertThat(task.link.probed).isEmpty();
        task.clock.advance(1);
        task.put();
        task.put();
        assertThat(task.link.probed).containsExactly(publisher);
        task.clock.advance(ACK_TIMEOUT.multipliedBy(2).minusNanos(1));
        task.put();
        assertThat(task.link.givenUp).isEmpty();
        task.clock.advance(1);
        task.put();

        assertThat(task.link.probed).containsExactly(publisher);
        assertThat(task.link.givenUp)
                .singleElement()
                .satisfies(why -> assertThat(why)
                        .hasMessageContaining("15000 ms")
                        .hasMessageContaining("publish.ack.timeout.ms"));
    }

    @Test
    void measuresAStallFromTheLatestAck() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a", "b");
        task.clock.advance(ACK_TIMEOUT.minusNanos(1));
        publisher.ack("a");
        task.put();

        task.clock.advance(ACK_TIMEOUT.minusNanos(1));
        task.put();
        assertThat(task.link.probed).isEmpty();

        task.clock.advance(1);
        task.put();
        assertThat(task.link.probed).containsExactly(publisher);
    }

    @Test
    void takesNoIdleTimeForAStall() throws InterruptedException {
        task.connectAndProve();
        task.clock.advance(Duration.ofHours(1));

        task.put("a");
        task.put();

        assertThat(task.link.probed).isEmpty();
        assertThat(task.link.givenUp).isEmpty();
    }

    @Test
    void takesNoIdleTimeForAStallWhenTheFirstRecordAfterItIsRejected() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.neverTakes("bad");
        task.clock.advance(Duration.ofHours(1));

        task.put("bad", "a");
        task.put();
        task.put();

        assertThat(task.reported).containsExactly("orders-0@1");
        assertThat(task.link.givenUp).isEmpty();
    }

    @Test
    void awaitsACommitAfterAnIdleTimeAndARejectedRecord() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.neverTakes("bad").whileWaiting(nanos -> publisher.ackAll());
        task.clock.advance(Duration.ofHours(1));
        task.put("bad", "a");

        task.committable();

        assertThat(publisher.waits()).isEqualTo(1);
    }

    @Test
    void waitsForRoomForASecondAtMost() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.window(1));
        FakePublisher publisher = task.connect();
        publisher.whileWaiting(nanos ->
                task.clock.advance(Math.min(nanos, Duration.ofMillis(300).toNanos())));
        long before = task.clock.getAsLong();

        task.put("a", "b");

        assertThat(task.clock.since(before)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void awaitsACommitForOneAndAHalfSecondsAtMost() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.whileWaiting(nanos ->
                task.clock.advance(Math.min(nanos, Duration.ofMillis(400).toNanos())));
        task.put("a");
        long before = task.clock.getAsLong();

        assertThat(task.committable()).isEqualTo(1);
        assertThat(task.clock.since(before)).isEqualTo(Duration.ofMillis(1500));
    }

    @Test
    void awaitsNothingWhileTheLinkIsDown() throws InterruptedException {
        task.connectAndProve();
        task.put("a");
        task.link.lose();
        long before = task.clock.getAsLong();

        assertThat(task.committable()).isEqualTo(1);
        assertThat(task.clock.since(before)).isZero();
    }

    @Test
    void awaitsNothingWhileTheTargetStandsStill() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("a");
        task.clock.advance(Duration.ofMillis(501));

        assertThat(task.committable()).isEqualTo(1);
        assertThat(publisher.waits()).isZero();
    }

    @Test
    void awaitsWhatIsInFlightBeforeACommit() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.whileWaiting(nanos -> {
            task.clock.advance(Duration.ofMillis(10));
            publisher.ackAll();
        });
        task.put("a", "b", "c");
        long before = task.clock.getAsLong();

        assertThat(task.committable()).isEqualTo(4);
        assertThat(publisher.flushes()).isEqualTo(1);
        assertThat(task.clock.since(before)).isEqualTo(Duration.ofMillis(10));
    }

    @Test
    void returnsAtOnceWhenTheQueueIsFullAndNothingIsInFlight() throws InterruptedException {
        FakePublisher publisher = task.connect().takes(0);
        long before = task.clock.getAsLong();

        task.put("a");

        assertThat(publisher.refusals()).isEqualTo(1);
        assertThat(task.clock.since(before)).isZero();
        assertThat(task.context.paused()).containsExactly(P0);
    }

    @Test
    void asksToBeCalledAgainWhileSomethingIsOutstanding() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        assertThat(task.context.takeTimeout()).as("nothing is outstanding").isEqualTo(50);
        task.put();
        assertThat(task.context.takeTimeout()).isEqualTo(-1);

        task.put("a");
        assertThat(task.context.takeTimeout()).isEqualTo(50);
        task.committable();
        assertThat(task.context.takeTimeout()).as("after a commit").isEqualTo(50);
        publisher.ack("a");
        task.put();
        assertThat(task.context.takeTimeout()).isEqualTo(-1);
    }

    /** The first connection after an outage may have room for one message only, and the partition may be gone by then. */
    @Test
    void aRebalanceDoesNotEndAnOutage() throws InterruptedException {
        task = new PipelineFixture(Options.DEFAULT.window(1));
        try (Logged lines = Logged.of("io.jetsink.delivery.PauseLog")) {
            task.put("a", "b", "c");
            task.clock.advance(Duration.ofSeconds(67));
            task.put();
            task.close(P0);
            task.open(P0);
            FakePublisher publisher = task.connect();
            task.put();

            assertThat(task.context.paused()).isEmpty();
            assertThat(task.pipeline.longestStallMillis()).isEqualTo(67_000);
            assertThat(lines.lines()).singleElement().asString().contains(": paused: ");

            task.put("d");
            publisher.ackAll();
            task.put();
            assertThat(lines.lines()).last().asString().contains(": resumed after a pause of 67000 ms");
        }
    }

    @Test
    void aSkippedOrRejectedRecordDoesNotHideAnOutage() throws InterruptedException {
        task.put("bad", "a");
        task.clock.advance(Duration.ofSeconds(67));
        task.connect().neverTakes("bad");
        task.put();
        task.put();

        assertThat(task.reported).hasSize(1);
        assertThat(task.pipeline.longestStallMillis()).isEqualTo(67_000);
    }

    @Test
    void idleTimeIsNoOutage() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.clock.advance(Duration.ofHours(1));
        task.put("a");
        publisher.ack("a");
        task.put();

        assertThat(task.pipeline.longestStallMillis()).isZero();
    }
}
