package io.jetsink.publish.fast;

import static io.jetsink.publish.fast.FastFixture.FLOW;
import static io.jetsink.publish.fast.FastFixture.WINDOW;
import static io.jetsink.publish.fast.FastFixture.stream;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.FakeConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How messages go into batches, and how acks settle them. Answers are those of nats-server 2.15.1. */
class FastPublisherTest {
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final FastFixture fast = new FastFixture();

    @Test
    void asksForAGapThatFailsAndAFlowWithinTheWindow() {
        fast.publish(0);
        fast.start();
        fast.publish(1);

        assertThat(fast.nats.sent)
                .extracting(FakeConnection.Sent::tail)
                .containsExactly(FLOW + ".fail.1.0.$FI", FLOW + ".fail.2.1.$FI");
    }

    /** What the reply subject of each message costs is the connector's. */
    @Test
    void makesShortReplySubjectsBelowItsInbox() {
        fast.nats.inboxPrefix("_INBOX_orders");
        fast.started(0, 1);

        assertThat(fast.nats.last().reply()).matches("_INBOX_orders\\.[A-Za-z0-9_-]{10}\\.2\\.fail\\.2\\.1\\.\\$FI");
        assertThat(fast.nats.subscribed)
                .containsExactly("_INBOX_orders." + fast.nats.last().batch() + ".>");
    }

    @Test
    void listensToOneBatchAtATimeAndSharesNoneWithAnother() {
        fast.started(0);
        String first = fast.nats.last().batch();
        fast.publisher.flush();
        fast.end(1);
        fast.started(1);

        assertThat(fast.nats.last().batch()).isNotEqualTo(first);
        assertThat(fast.nats.subscribed)
                .containsExactly("_INBOX." + fast.nats.last().batch() + ".>");
    }

    @Test
    void takesOneMessageUntilTheServerHasTakenTheFirst() {
        fast.publish(0);
        assertThat(fast.offer(1, "m")).isFalse();
        assertThat(fast.publisher.window()).isEqualTo(1);

        fast.start();

        assertThat(fast.publisher.window()).isEqualTo(WINDOW);
        fast.publish(1);
        assertThat(fast.told).isEmpty();
    }

    @Test
    void settlesEverythingUpToAnAck() {
        fast.started(10, 11, 12, 17);

        fast.ack(3);

        assertThat(fast.told).containsExactly("settled through 12");
    }

    @Test
    void tellsNothingTwice() {
        fast.started(10, 11, 12);
        fast.ack(2);
        fast.ack(2);
        fast.ack(1);

        assertThat(fast.told).containsExactly("settled through 11");
    }

    @Test
    void countsTheAckedMessagesOfEachBatch() {
        fast.started(10, 11, 12, 17);
        fast.ack(3);
        fast.ack(2);
        fast.publisher.flush();
        fast.end(4);
        fast.started(18);
        fast.publisher.flush();
        fast.end(1);

        assertThat(fast.batches).containsExactly("3 of a new batch", "1 more", "1 of a new batch");
    }

    @Test
    void waitsForAnAckThatIsDue() throws Exception {
        fast.started(0, 1);

        assertThat(fast.publisher.await(1, SHORT)).isTrue();

        assertThat(fast.nats.sent).hasSize(2);
    }

    @Test
    void keepsTheAnswerThatEndedTheWait() throws Exception {
        fast.started(0, 1);
        fast.nats.answer(fast.nats.last().reply(), "{\"type\":\"ack\",\"seq\":2,\"msgs\":2}");

        assertThat(fast.publisher.await(1, LONG)).isTrue();
        fast.harvest();

        assertThat(fast.told).containsExactly("settled through 1");
        assertThat(fast.publisher.await(1, LONG)).isFalse();
    }

    @Test
    void hasNothingToWaitForWithoutABatch() throws Exception {
        assertThat(fast.publisher.await(0, LONG)).isFalse();
    }

    /** They were on their way when the next batch began. */
    @Test
    void ignoresAnswersToAnOlderBatch() {
        fast.started(0, 1);
        String old = fast.nats.last().reply();
        fast.publisher.flush();
        fast.end(2);
        fast.nats.answer(old, "{\"type\":\"ack\",\"seq\":2,\"msgs\":2}");
        fast.nats.answer(old, "{\"error\":{\"code\":400,\"err_code\":10208,\"description\":\"no\"}}");
        fast.nats.status(old, 503, "no");
        fast.publish(2);
        fast.told.clear();

        fast.harvest();

        assertThat(fast.told).isEmpty();
        assertThat(fast.publisher.window()).isEqualTo(1);
    }

    @Test
    void ignoresWhatNoServerSays() {
        fast.started(0);
        String inbox = "_INBOX." + fast.nats.last().batch();
        fast.nats.answer(inbox + ".x", "{}");
        fast.nats.answer(fast.nats.last().reply(), "what?");
        fast.nats.answer(fast.nats.last().reply(), "{\"stream\":\"\"}");
        fast.harvest();

        assertThat(fast.told).isEmpty();
    }

    @Test
    void tellsWhatTheNextEpochHasLearnt() {
        fast.started(0, 1, 2);
        fast.publisher.batch().conclude(2);
        fast.harvest();
        fast.harvest();

        assertThat(fast.told).containsExactly("settled through 1");
    }

    @Test
    void offersAgainWhatTheQueueDidNotTake() {
        fast.nats.refusal = new IllegalStateException("Output queue is full");
        assertThat(fast.offer(0, "m")).isFalse();
        fast.nats.refusal = null;
        fast.started(0);
        fast.nats.refusal = new IllegalStateException("Output queue is full");
        assertThat(fast.offer(1, "m")).isFalse();
        fast.publisher.flush();
        fast.nats.refusal = null;
        fast.publish(1);
        fast.publisher.flush();

        assertThat(fast.nats.sent)
                .extracting(FakeConnection.Sent::tail)
                .containsExactly(FLOW + ".fail.1.0.$FI", FLOW + ".fail.2.1.$FI", FLOW + ".fail.3.3.$FI");
        assertThat(fast.nats.subscribed).hasSize(1);
    }

    @Test
    void usesAnIdAgainUntilABatchHasBegunWithIt() {
        FastBatch lost = fast.lost("again", 0);
        fast.open(stream(), lost);
        assertThat(fast.publisher.unbegun()).isSameAs(lost);
        fast.nats.refusal = new IllegalStateException("Connection is Closed");
        assertThat(fast.offer(0, "m")).isFalse();
        assertThat(fast.publisher.unbegun()).isSameAs(lost);
        fast.nats.refusal = null;

        fast.started(0);
        assertThat(fast.nats.last().batch()).isEqualTo("again");
        assertThat(fast.publisher.unbegun()).isNull();
        fast.publisher.flush();
        fast.end(1);
        fast.publish(1);

        assertThat(fast.nats.last().batch()).isNotEqualTo("again");
    }

    /** The first one was taken away, and comes late: the count of its batch must not settle another record. */
    @Test
    void usesNoIdAgainForAnotherRecord() {
        FastBatch lost = fast.lost("again", 0);
        fast.open(stream(), lost);

        fast.publish(1);

        assertThat(fast.nats.last().batch()).isNotEqualTo("again");
        assertThat(fast.publisher.unbegun()).isNull();
    }

    @Test
    void findsPositionsOverManyRoundsOfTheWindow() {
        fast.publish(0);
        fast.start();
        for (int sequence = 2; sequence < 100; sequence++) {
            fast.publish(sequence * 3L);
            fast.ack(sequence);
        }

        assertThat(fast.told).hasSize(98).endsWith("settled through 297");
    }

    /** The end of a batch is queued behind its messages. */
    @Test
    void addsTheTimeOfWhatIsInFlightToItsPatienceWithAnEnd() {
        fast.rate.counts(() -> 640_000);
        fast.started(0, 1, 2);
        fast.publisher.flush();
        Duration transit = fast.rate.transit(640_000);
        assertThat(transit).isEqualTo(Duration.ofSeconds(10));

        fast.pass(FastPublisher.FLUSH_AFTER.plus(transit));
        fast.harvest();
        assertThat(fast.causes).isEmpty();
        fast.pass(Duration.ofNanos(1));
        fast.harvest();

        assertThat(fast.causes)
                .singleElement()
                .satisfies(cause -> assertThat(cause).hasMessageContaining("15000 ms"));
    }

    @Test
    void waitsAnewForAnEndWithEachAckBeforeIt() {
        fast.started(0, 1, 2, 3);
        fast.publisher.flush();
        fast.pass(FastPublisher.FLUSH_AFTER);
        fast.ack(2);
        fast.pass(FastPublisher.FLUSH_AFTER);
        fast.harvest();

        assertThat(fast.causes).isEmpty();
    }

    /** A server forgets a batch within 10 s in which nothing more of it comes. */
    @Test
    void sendsAMessageThatNeedsSecondsAsABatchOfItsOwn() {
        fast.nats.maxPayload = 1 << 20;
        fast.open(stream().maximumMessageSize(-1), null);
        fast.started(0);
        String large = "x".repeat(200_000);
        assertThat(fast.rate.transit(large.length())).isGreaterThan(Duration.ofSeconds(3));

        assertThat(fast.offer(1, large)).isFalse();
        assertThat(fast.nats.last().tail()).endsWith(".fail.2.3.$FI");
        fast.end(1);
        assertThat(fast.offer(1, large)).isTrue();

        assertThat(fast.nats.last().tail()).endsWith(".fail.1.2.$FI");
        assertThat(fast.nats.last().size()).isEqualTo(large.length());
    }
}
