package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.stream.AckSource;
import io.nats.client.Connection;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Which PONG settles what. Pool tasks run when a test lets them. */
class BestEffortPublisherTest {
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final FakeConnection nats = new FakeConnection();
    private final Queue<Runnable> pings = new ArrayDeque<>();
    private final Told outcomes = new Told();
    private boolean closed;
    private final BestEffortPublisher publisher = new BestEffortPublisher(
            nats.connection(),
            AckSource.ANY,
            new ForeignReplies("task", () -> 0),
            () -> 100,
            "task",
            new AtomicLong(),
            task -> {
                if (closed) {
                    throw new RejectedExecutionException("closed");
                }
                pings.add(task);
            });

    @Test
    void settlesNothingBeforeAPongToAPingBehindIt() throws InterruptedException {
        publish(0);
        publish(1);

        harvest();
        assertThat(outcomes.lines).isEmpty();
        assertThat(pings).hasSize(1);
        publish(2);
        pong();
        harvest();

        assertThat(outcomes.lines).containsExactly("settled through 1");
        pong();
        assertThat(publisher.await(2, LONG)).isTrue();
        harvest();
        assertThat(outcomes.lines).containsExactly("settled through 1", "settled through 2");
    }

    @Test
    void sendsOnePingAtATimeAndNoneForNothing() {
        harvest();
        publisher.flush();
        assertThat(pings).isEmpty();

        publish(0);
        publisher.flush();
        harvest();
        publisher.flush();
        assertThat(pings).hasSize(1);
        pong();
        harvest();
        publisher.flush();

        assertThat(pings).isEmpty();
    }

    /** jnats ends a flush without a PONG, and without a word, if the connection is gone. */
    @Test
    void takesNoFlushOfALostConnectionForAPong() throws InterruptedException {
        publish(0);
        publisher.flush();
        nats.status = Connection.Status.CLOSED;
        pong();

        harvest();

        assertThat(outcomes.lines).isEmpty();
    }

    @Test
    void settlesNothingWhenTheWaitForAPongFails() {
        publish(0);
        publisher.flush();
        nats.flush = () -> {
            throw new IllegalStateException("Connection is Closed");
        };
        pong();

        harvest();

        assertThat(outcomes.lines).isEmpty();
    }

    @Test
    void hasNothingToWaitForOnceTheConnectionIsClosed() throws InterruptedException {
        publish(0);
        closed = true;

        harvest();

        assertThat(publisher.await(0, LONG)).isFalse();
        assertThat(outcomes.lines).isEmpty();
    }

    @Test
    void waitsForThePongAndNotBeyondItsTime() throws InterruptedException {
        publish(0);

        assertThat(publisher.await(0, SHORT)).isTrue();
        assertThat(pings).hasSize(1);
        Thread pool = new Thread(this::pong);
        pool.start();
        assertThat(publisher.await(0, LONG)).isTrue();
        pool.join();
        harvest();

        assertThat(outcomes.lines).containsExactly("settled through 0");
        assertThat(publisher.await(0, LONG)).isFalse();
    }

    @Test
    void offersAgainWhatTheQueueDidNotTake() {
        nats.refusal = new IllegalStateException("Output queue is full");
        assertThat(publisher.publish(0, Pending.of("orders", "m"))).isFalse();

        harvest();

        assertThat(pings).isEmpty();
    }

    private void publish(long position) {
        assertThat(publisher.publish(position, Pending.of("orders", "m"))).isTrue();
    }

    private void harvest() {
        publisher.harvest(outcomes);
    }

    private void pong() {
        pings.remove().run();
    }
}
