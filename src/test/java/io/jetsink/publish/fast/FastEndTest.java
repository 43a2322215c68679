package io.jetsink.publish.fast;

import static io.jetsink.publish.fast.FastFixture.FLOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.FailureTriage;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a batch ends, and what is known then. Answers are those of nats-server 2.15.1. */
class FastEndTest {
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);

    private final FastFixture fast = new FastFixture();

    @Test
    void endsTheBatchOnceAndGoesOnWithANewOne() {
        fast.started(0, 1, 2);
        fast.publisher.flush();
        fast.publisher.flush();
        assertThat(fast.nats.sent).hasSize(4);
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.4.3.$FI");
        assertThat(fast.nats.last().size()).isZero();
        assertThat(fast.offer(3, "m")).isFalse();
        String first = fast.nats.last().batch();

        fast.end(3);
        fast.publish(3);

        assertThat(fast.told).containsExactly("settled through 2");
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
        assertThat(fast.nats.last().batch()).isNotEqualTo(first);
        assertThat(fast.publisher.window()).isEqualTo(1);
    }

    @Test
    void doesNotEndWhatHasNotBegun() {
        fast.publisher.flush();
        fast.publish(0);
        fast.publisher.flush();

        assertThat(fast.nats.sent).hasSize(1);
    }

    @Test
    void endsTheBatchWhenAnAckIsWaitedForThatIsNotDue() throws Exception {
        fast.started(0);

        assertThat(fast.publisher.await(0, SHORT)).isTrue();

        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.2.3.$FI");
    }

    @Test
    void tellsWhereABatchBrokeOff() {
        fast.started(0, 1, 2, 3);
        fast.answer("{\"type\":\"gap\",\"last_seq\":3,\"seq\":4}");
        assertThat(fast.told).isEmpty();

        fast.end(2);

        assertThat(fast.told).containsExactly("settled through 1", "epoch failed");
        assertThat(fast.verdict(0)).isEqualTo(FailureTriage.Verdict.RETRY);
        assertThat(fast.offer(4, "m")).isFalse();
    }

    @Test
    void leavesTheOutcomeOpenWhenTheEndIsRefused() {
        fast.started(0, 1, 2);
        fast.publisher.flush();
        fast.error(fast.nats.last().reply(), 10208);

        assertThat(fast.told).containsExactly("epoch failed");
        assertThat(fast.publisher.batch().hasOpenTail()).isTrue();
    }

    /** Half the time after which the server forgets the batch: the next epoch has time to end it again. */
    @Test
    void givesUpAnEndThatIsNotAnsweredInFiveSeconds() {
        fast.started(0, 1, 2);
        fast.ack(1);
        fast.told.clear();
        fast.pass(Duration.ofMinutes(1));
        fast.publisher.flush();
        fast.pass(FastPublisher.END);
        fast.harvest();
        assertThat(fast.told).isEmpty();

        fast.pass(Duration.ofNanos(1));
        fast.harvest();

        assertThat(FastPublisher.END).isEqualTo(Duration.ofSeconds(5));
        assertThat(fast.told).containsExactly("epoch failed");
        assertThat(fast.verdict(0)).isEqualTo(FailureTriage.Verdict.RETRY);
        assertThat(fast.causes.get(0)).hasMessageContaining("5000 ms");
        assertThat(fast.publisher.batch().hasOpenTail()).isTrue();
    }

    @Test
    void waitsForNoEndThatWasAnswered() {
        fast.started(0, 1);
        fast.publisher.flush();
        fast.end(2);
        fast.pass(Duration.ofMinutes(1));
        fast.harvest();

        assertThat(fast.told).containsExactly("settled through 1");
    }

    @Test
    void beginsAnewWhenTheServerMayHaveForgottenTheBatch() {
        fast.started(0, 1);
        fast.ack(2);
        String first = fast.nats.last().batch();
        fast.pass(FastPublisher.END);
        fast.publish(2);
        assertThat(fast.nats.last().batch()).isEqualTo(first);
        fast.ack(3);

        fast.pass(FastPublisher.END.plusNanos(1));
        fast.publish(3);

        assertThat(fast.nats.last().batch()).isNotEqualTo(first);
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    /** The server forgets such a batch after ten idle seconds and would refuse its end. */
    @Test
    void endsNoBatchThatIsWhollyAcked() {
        fast.started(0, 1);
        fast.ack(2);

        fast.publisher.flush();
        fast.pass(Duration.ofMinutes(1));
        fast.publisher.flush();
        fast.harvest();

        assertThat(fast.nats.sent).hasSize(2);
        assertThat(fast.told).containsExactly("settled through 1");
        assertThat(fast.causes).isEmpty();
    }

    @Test
    void goesOnWithABatchThatIsWhollyAcked() {
        fast.started(0, 1);
        fast.ack(2);
        fast.publisher.flush();

        fast.publish(2);

        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.3.1.$FI");
    }

    /** The last ack was late, and the server has forgotten the batch in the meantime. */
    @Test
    void isAtTheEndWhenTheEndOfAWhollyAckedBatchIsRefused() {
        fast.started(0, 1, 2);
        fast.publisher.flush();
        String end = fast.nats.last().reply();
        fast.ack(3);

        fast.error(end, 10208);
        fast.publish(3);

        assertThat(fast.told).containsExactly("settled through 2");
        assertThat(fast.causes).isEmpty();
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    @Test
    void waitsForNoAnswerToTheEndOfAWhollyAckedBatch() {
        fast.started(0, 1, 2);
        fast.publisher.flush();
        fast.ack(3);
        fast.pass(FastPublisher.END.plusNanos(1));
        fast.harvest();
        fast.publish(3);

        assertThat(fast.told).containsExactly("settled through 2");
        assertThat(fast.causes).isEmpty();
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    /** A server may be configured to forget batches sooner ({@code max_batch_timeout}); nothing of this one is open. */
    @Test
    void sendsAMessageAgainThatCameForAForgottenBatch() {
        fast.started(0, 1);
        fast.ack(2);
        String first = fast.nats.last().batch();
        fast.publish(2);
        String refused = fast.nats.last().reply();
        fast.publish(3);
        String behind = fast.nats.last().reply();
        fast.told.clear();

        fast.error(refused, 10208);
        fast.error(behind, 10208);
        fast.publish(2);

        assertThat(fast.told).containsExactly("unsent 2");
        assertThat(fast.causes).isEmpty();
        assertThat(fast.nats.last().batch()).isNotEqualTo(first);
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    @Test
    void leavesTheOutcomeOpenOfWhatWasSentBeforeAForgottenMessage() {
        fast.started(0, 1, 2);
        String third = fast.nats.last().reply();
        fast.ack(1);
        fast.told.clear();

        fast.error(third, 10208);
        fast.error(fast.nats.last().reply(), 10208);

        assertThat(fast.told).containsExactly("epoch failed");
    }

    @Test
    void countsNothingBehindAMessageThatNobodyTook() {
        fast.started(0, 1, 2);
        fast.nats.status(fast.nats.sent.get(1).reply(), 503, "No Responders Available For Request");
        fast.error(fast.nats.sent.get(2).reply(), 10205);

        assertThat(fast.told).containsExactly("failed 1", "epoch failed");
        assertThat(fast.publisher.batch().hasOpenTail()).isTrue();
        assertThat(fast.publisher.batch().refusedFrom()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {503, 429})
    void givesUpWhenTheServerTurnsAMessageAway(int code) {
        fast.started(0, 1);
        fast.nats.status(fast.nats.last().reply(), code, "no");
        fast.harvest();

        assertThat(fast.told).containsExactly("failed 1");
        assertThat(fast.verdict(0)).isEqualTo(FailureTriage.Verdict.RETRY);
        assertThat(fast.publisher.wasRefused()).isFalse();
    }
}
