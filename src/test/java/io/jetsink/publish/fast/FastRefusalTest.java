package io.jetsink.publish.fast;

import static io.jetsink.publish.fast.FastFixture.FLOW;
import static io.jetsink.support.Thrown.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.publish.FailureTriage.Verdict;
import io.jetsink.publish.FakeConnection;
import io.jetsink.publish.Pending;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records, and whole batches, that stream or server refuse. Answers are those of nats-server 2.15.1. */
class FastRefusalTest {
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private static final String SUBJECT_FULL =
            "{\"code\":503,\"err_code\":10077,\"description\":\"maximum messages per subject exceeded\"}";

    private final FastFixture fast = new FastFixture();

    /** "err": a check of headers failed; a final answer follows by itself, and the end comes too late. */
    @Test
    void rejectsARecordThatTheStreamRefusesWhenThoseBeforeItAreSettled() {
        fast.started(0, 1, 2, 3);
        fast.answer(
                "{\"type\":\"err\",\"seq\":3,\"error\":{\"code\":400,\"err_code\":10165,\"description\":\"invalid TTL\"}}");
        assertThat(fast.told).isEmpty();
        fast.end(2);
        fast.error(fast.nats.last().reply(), 10208);

        assertThat(fast.told).containsExactly("settled through 1", "failed 2", "unsent 2");
        assertThat(fast.verdict(0)).isEqualTo(Verdict.REJECT);
    }

    /** In a new batch over the same connection, and what the server still says about the old one does not matter. */
    @Test
    void goesOnBehindARefusedRecordInTheSameEpoch() {
        fast.started(0, 1, 2, 3);
        String first = fast.nats.last().reply();
        fast.error(fast.nats.sent.get(2).reply(), 10054);
        fast.end(2);
        fast.error(first, 10208);
        fast.told.clear();

        fast.started(3, 4);
        fast.error(first, 10208);
        fast.ack(2);

        assertThat(fast.nats.sent)
                .extracting(FakeConnection.Sent::tail)
                .endsWith(FLOW + ".fail.5.3.$FI", FLOW + ".fail.1.0.$FI", FLOW + ".fail.2.1.$FI");
        assertThat(fast.told).containsExactly("settled through 4");
    }

    /** {@code message.id=subject}: the subject has its message already, and what is behind it goes on in a new batch. */
    @Test
    void settlesAFullSubjectAsADuplicateAndGoesOnBehindIt() {
        FastFixture once = new FastFixture(true);
        once.started(0, 1, 2, 3);
        once.answer("{\"type\":\"err\",\"seq\":3,\"error\":" + SUBJECT_FULL + "}");
        once.end(2);

        assertThat(once.told).containsExactly("settled through 1", "duplicate 2", "unsent 2");
    }

    @Test
    void settlesAFullSubjectOfTheFirstMessageAsADuplicate() {
        FastFixture once = new FastFixture(true);
        once.publish(0);
        once.answer("{\"error\":" + SUBJECT_FULL + ",\"stream\":\"ORDERS\",\"seq\":0}");

        assertThat(once.told).first().isEqualTo("duplicate 0");
        assertThat(once.told).noneMatch(line -> line.startsWith("failed"));
        assertThat(once.publisher.publish(1, Pending.of("orders", "m"))).isTrue();
    }

    /** Without it, a full subject is a full stream. */
    @Test
    void waitsForRoomWhereASubjectIsNoId() {
        fast.started(0, 1, 2, 3);
        fast.answer("{\"type\":\"err\",\"seq\":3,\"error\":" + SUBJECT_FULL + "}");
        fast.end(2);

        assertThat(fast.told).startsWith("settled through 1", "failed 2");
        assertThat(fast.verdict(0)).isEqualTo(Verdict.BACK_PRESSURE);
    }

    /** Plain error: the server did not look at the batch, and finds a gap when the next message or the end comes. */
    @Test
    void rejectsARecordThatIsRefusedOutsideTheBatch() {
        fast.started(0, 1, 2);
        fast.error(fast.nats.last().reply(), 10054);

        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.4.3.$FI");
        fast.answer("{\"type\":\"gap\",\"last_seq\":3,\"seq\":4}");
        fast.end(2);
        assertThat(fast.told).containsExactly("settled through 1", "failed 2", "unsent 2");
        assertThat(fast.verdict(0)).isEqualTo(Verdict.REJECT);
        fast.publish(3);
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    /** The second one may be refused for the same reason, but first it has to be sent again. */
    @Test
    void rejectsOneRecordAtATime() {
        fast.started(0, 1, 2, 3, 4);
        fast.error(fast.nats.sent.get(1).reply(), 10054);
        fast.error(fast.nats.sent.get(3).reply(), 10054);
        fast.end(1);

        assertThat(fast.told).containsExactly("settled through 0", "failed 1", "unsent 1");
    }

    /** One before it was lost on the way, unseen. */
    @Test
    void sendsAgainWhatIsMissingBeforeARefusedRecord() {
        fast.started(0, 1, 2, 3);
        fast.error(fast.nats.sent.get(3).reply(), 10054);
        fast.end(1);

        assertThat(fast.told).containsExactly("settled through 0", "failed 3", "unsent 1");
    }

    @Test
    void rejectsAFirstRecordThatIsRefused() {
        fast.publish(0);
        fast.error(fast.nats.last().reply(), 10054);

        assertThat(fast.told).containsExactly("failed 0", "unsent 0");
        assertThat(fast.verdict(0)).isEqualTo(Verdict.REJECT);
        fast.publish(1);
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    /** The start is acked before the headers of the first message are checked. */
    @Test
    void rejectsAFirstRecordThatIsRefusedBehindTheStartsAck() {
        fast.publish(0);
        String first = fast.nats.last().reply();
        fast.start();
        fast.publish(1);
        fast.error(first, 10165);
        fast.error(fast.nats.last().reply(), 10208);

        assertThat(fast.told).containsExactly("failed 0", "unsent 0");
        assertThat(fast.verdict(0)).isEqualTo(Verdict.REJECT);
        assertThat(fast.nats.sent).hasSize(2);
        fast.publish(1);
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    @ParameterizedTest
    @ValueSource(ints = {10206, 10207, 10208, 10211, 10077, 10023})
    void triesAgainAFirstRecordThatIsRefusedForNoFaultOfItsOwn(int code) {
        fast.publish(0);
        fast.error(fast.nats.last().reply(), code);

        assertThat(fast.told).startsWith("failed 0").doesNotContain("unsent 0");
        assertThat(fast.verdict(0)).isIn(Verdict.RETRY, Verdict.BACK_PRESSURE);
        assertThat(fast.causes.get(0)).hasMessageContaining(Integer.toString(code));
        assertThat(fast.publisher.batch().hasOpenTail()).isFalse();
    }

    /** Full: the stream is to be given time, as every outage is. */
    @Test
    void endsTheEpochForARecordThatIsRefusedForNoFaultOfItsOwn() {
        fast.started(0, 1, 2);
        fast.answer("{\"type\":\"err\",\"seq\":2,\"error\":{\"code\":503,\"err_code\":10077,\"description\":\"maximum"
                + " messages exceeded\"}}");
        fast.end(1);

        assertThat(fast.told).startsWith("settled through 0", "failed 1").doesNotContain("unsent 1");
        assertThat(fast.verdict(0)).isEqualTo(Verdict.BACK_PRESSURE);
        assertThat(fast.causes.get(0)).hasMessageContaining("maximum messages exceeded");
        assertThat(fast.offer(3, "m")).isFalse();
    }

    /** Whether those before it are stored is for the next epoch to say: the stream may have been scaled up as well. */
    @Test
    void settlesNothingByItselfWhenBatchesAreSwitchedOff() {
        fast.started(0, 1, 2);
        fast.error(fast.nats.sent.get(1).reply(), 10205);
        fast.error(fast.nats.sent.get(2).reply(), 10205);

        assertThat(fast.told).containsOnly("epoch failed");
        assertThat(fast.causes).allSatisfy(cause -> assertThat(cause).hasMessageContaining("does not allow batches"));
        assertThat(fast.publisher.batch().hasOpenTail()).isTrue();
        assertThat(fast.publisher.batch().refusedFrom()).isEqualTo(2);
    }

    @Test
    void knowsThatNothingIsStoredWhenTheFirstMessageFindsBatchesSwitchedOff() {
        fast.publish(0);
        fast.error(fast.nats.last().reply(), 10205);

        assertThat(fast.told).containsExactly("epoch failed");
        assertThat(fast.publisher.batch().storedCount()).isEqualTo(0);
    }

    /** nats-server 2.10: it stores the message and answers as to any other. */
    @Test
    void countsWhatAnOldServerHasStored() {
        fast.publish(0);
        fast.answer("{\"stream\":\"ORDERS\", \"seq\":7}");

        assertThat(fast.told).containsExactly("settled through 0", "epoch failed");
        assertThat(fast.causes.get(0)).hasMessageContaining("does not support fast-ingest batches");
        assertThat(fast.publisher.wasRefused()).isTrue();
        assertThat(fast.publisher.batch().hasOpenTail()).isFalse();
    }

    @Test
    void rejectsWhatTheServerIsKnownToRefuse() {
        assertRejected(() -> fast.offer(0, "x".repeat(1001)), "max_payload");
        fast.nats.refusal = new IllegalArgumentException("Subject cannot contain spaces");
        assertRejected(() -> fast.offer(0, "m"), "subject");
        fast.nats.refusal = null;

        fast.started(0);
        assertThat(fast.told).isEmpty();
    }

    @Test
    void sendsNothingBehindARecordForWhichTheStreamIsLookedUp() throws Exception {
        fast.started(0);
        fast.publisher.flush();
        fast.end(1);
        assertThat(fast.offer(1, "x".repeat(901))).isFalse();
        assertThat(fast.nats.sent).hasSize(2);
        fast.nats.found(FastFixture.stream().build());

        assertThat(fast.publisher.await(1, LONG)).isTrue();
        assertRejected(() -> fast.offer(1, "x".repeat(901)), "max_msg_size");
        assertThat(fast.publisher.await(1, LONG)).isFalse();
    }

    @Test
    void endsTheEpochWhenTheStreamCannotBeLookedUp() {
        assertThat(fast.offer(5, "x".repeat(901))).isFalse();
        fast.nats.replies.get(0).cancel(true);
        fast.harvest();

        assertThat(fast.told).containsExactly("epoch failed");
        assertThat(fast.verdict(0)).isEqualTo(Verdict.RETRY);
        assertThat(fast.causes.get(0)).hasMessageContaining("cannot be looked up");
    }
}
