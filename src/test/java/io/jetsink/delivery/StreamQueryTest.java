package io.jetsink.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.delivery.PipelineFixture.Options;
import io.jetsink.publish.LinkRate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A silent stream is asked, and its answers end an epoch whose messages are lost. */
class StreamQueryTest {
    /** A second and the round trips of the fixture. */
    private static final Duration SECOND = Duration.ofSeconds(1).plusNanos(2);

    /** How long the task waits for acks that came just before an answer. */
    private static final Duration HARVEST = Duration.ofMillis(50);

    private PipelineFixture task = withRoundTrip(Duration.ofNanos(1));

    @Test
    void asksOnceASecondFromOneSecondOfSilenceOn() throws InterruptedException {
        FakePublisher publisher = silent("a");

        pass(SECOND.minusMillis(1));
        assertThat(publisher.questions).isEmpty();
        pass(Duration.ofMillis(1));
        pass(SECOND.minusMillis(1));
        assertThat(publisher.questions).hasSize(1);
        pass(Duration.ofMillis(1));

        assertThat(publisher.questions).hasSize(2);
    }

    @Test
    void waitsTwoRoundTripsLonger() throws InterruptedException {
        task = withRoundTrip(Duration.ofMillis(300));
        FakePublisher publisher = silent("a");

        pass(Duration.ofMillis(1_599));
        assertThat(publisher.questions).isEmpty();
        pass(Duration.ofMillis(1));

        assertThat(publisher.questions).hasSize(1);
    }

    @Test
    void endsTheEpochAtTheAnswerToALaterQuestion() throws InterruptedException {
        FakePublisher publisher = silent("a");

        answer(publisher, false);
        answer(publisher, false);
        answer(publisher, true);
        pass(HARVEST);

        assertThat(task.link.givenUp)
                .singleElement()
                .satisfies(why -> assertThat(why).hasMessageContaining("from a stream that answers"));
    }

    /** A leader answers at once, and acks when the other replicas have stored the message. */
    @Test
    void doesNotTrustTheAnswerToTheFirstQuestion() throws InterruptedException {
        FakePublisher publisher = silent("a");

        answer(publisher, true);
        pass(SECOND.minusMillis(1));
        assertThat(task.link.givenUp).isEmpty();

        answer(publisher, true);
        pass(HARVEST);
        assertThat(task.link.givenUp).hasSize(1);
    }

    @Test
    void looksForAcksThatCameJustBeforeTheAnswer() throws InterruptedException {
        FakePublisher publisher = silent("a");

        answer(publisher, true);
        answer(publisher, true);
        publisher.ack("a");
        pass(HARVEST);

        assertThat(task.link.givenUp).isEmpty();
    }

    @Test
    void beginsAgainAfterAnAck() throws InterruptedException {
        FakePublisher publisher = silent("a", "b");

        answer(publisher, true);
        publisher.ack("a");
        task.put();
        answer(publisher, true);
        pass(HARVEST);

        assertThat(task.link.givenUp).isEmpty();
    }

    /** Otherwise a slow stream would get the same messages once a second. */
    @Test
    void isMorePatientAfterEachEpochInVain() throws InterruptedException {
        FakePublisher publisher = silent("a");
        answer(publisher, true);
        answer(publisher, true);
        pass(HARVEST);
        FakePublisher next = task.connect();
        task.put();

        pass(SECOND);
        assertThat(next.questions).isEmpty();
        pass(SECOND);
        assertThat(next.questions).hasSize(1);

        next.ack("a");
        task.put();
        task.put("b");
        pass(SECOND);
        assertThat(next.questions).hasSize(2);
    }

    private static PipelineFixture withRoundTrip(Duration roundTrip) {
        LinkRate rate = PipelineFixture.fast(Options.DEFAULT.maxBytes());
        rate.acked(1, 1, roundTrip.toNanos());
        return new PipelineFixture(Options.DEFAULT, rate);
    }

    /** Sends these records to a stream that has acked before, and does not any more. */
    private FakePublisher silent(String... records) throws InterruptedException {
        FakePublisher publisher = task.connect();
        task.put("proof");
        task.clock.advance(Duration.ofMillis(300));
        publisher.ack("proof");
        task.put();
        task.put(records);
        return publisher;
    }

    /** Has the task ask its next question, and answers it. */
    private void answer(FakePublisher publisher, boolean answered) throws InterruptedException {
        int before = publisher.questions.size();
        pass(SECOND);
        assertThat(publisher.questions).hasSize(before + 1);
        publisher.questions.get(before).complete(answered);
        task.put();
    }

    private void pass(Duration time) throws InterruptedException {
        task.clock.advance(time);
        task.put();
    }
}
