package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.nats.TargetStream;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers are those of nats-server 2.15.1. */
class FastPublisherTest {
    private static final int WINDOW = 8;
    private static final int FLOW = 2;
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private final FakeConnection nats = new FakeConnection();
    private final Told told = new Told();
    private FastPublisher publisher;

    @BeforeEach
    void open() throws Exception {
        publisher = publisher(1, null);
    }

    @Test
    void asksForAGapThatFailsAndAFlowWithinTheWindow() {
        publish(0);
        start();
        publish(1);

        assertThat(nats.sent)
                .extracting(FakeConnection.Sent::tail)
                .containsExactly(FLOW + ".fail.1.0.$FI", FLOW + ".fail.2.1.$FI");
        assertThat(nats.subscribed).containsExactly("_INBOX.i0.>");
        assertThat(nats.last().reply()).startsWith("_INBOX.i0.");
    }

    @Test
    void takesOneMessageUntilTheServerHasTakenTheFirst() {
        publish(0);
        assertThat(publisher.publish(1, message("m"))).isFalse();
        assertThat(publisher.window()).isEqualTo(1);

        start();

        assertThat(publisher.window()).isEqualTo(WINDOW);
        publish(1);
        assertThat(told.lines).isEmpty();
    }

    @Test
    void settlesEverythingUpToAnAck() {
        started(10, 11, 12, 17);

        ack(3);

        assertThat(told.lines).containsExactly("settled through 12");
    }

    @Test
    void tellsNothingTwice() {
        started(10, 11, 12);
        ack(2);
        ack(2);
        ack(1);

        assertThat(told.lines).containsExactly("settled through 11");
    }

    @Test
    void endsTheBatchOnceAndGoesOnWithANewOne() {
        started(0, 1, 2);
        publisher.flush();
        publisher.flush();
        assertThat(nats.sent).hasSize(4);
        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.4.3.$FI");
        assertThat(nats.last().size()).isZero();
        assertThat(publisher.publish(3, message("m"))).isFalse();
        String first = nats.last().batch();

        end(3);
        publish(3);

        assertThat(told.lines).containsExactly("settled through 2");
        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
        assertThat(nats.last().batch()).isNotEqualTo(first);
        assertThat(publisher.window()).isEqualTo(1);
    }

    @Test
    void doesNotEndWhatHasNotBegun() {
        publisher.flush();
        publish(0);
        publisher.flush();

        assertThat(nats.sent).hasSize(1);
    }

    @Test
    void endsTheBatchWhenAnAckIsWaitedForThatIsNotDue() throws Exception {
        started(0);

        assertThat(publisher.await(0, SHORT)).isTrue();

        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.2.3.$FI");
    }

    @Test
    void waitsForAnAckThatIsDue() throws Exception {
        started(0, 1);

        assertThat(publisher.await(1, SHORT)).isTrue();

        assertThat(nats.sent).hasSize(2);
    }

    @Test
    void keepsTheAnswerThatEndedTheWait() throws Exception {
        started(0, 1);
        nats.answer(nats.last().reply(), "{\"type\":\"ack\",\"seq\":2,\"msgs\":2}");

        assertThat(publisher.await(1, LONG)).isTrue();
        harvest();

        assertThat(told.lines).containsExactly("settled through 1");
        assertThat(publisher.await(1, LONG)).isFalse();
    }

    @Test
    void hasNothingToWaitForWithoutABatch() throws Exception {
        assertThat(publisher.await(0, LONG)).isFalse();
    }

    @Test
    void tellsWhereABatchBrokeOff() {
        started(0, 1, 2, 3);
        answer("{\"type\":\"gap\",\"last_seq\":3,\"seq\":4}");
        assertThat(told.lines).isEmpty();

        end(2);

        assertThat(told.lines).containsExactly("settled through 1", "failed 2");
        assertThat(FailureTriage.of(told.causes.get(0))).isEqualTo(FailureTriage.Verdict.RETRY);
        assertThat(publisher.publish(4, message("m"))).isFalse();
    }

    /** "err": a check of headers failed; a final answer follows by itself, and the end comes too late. */
    @Test
    void rejectsARecordThatTheStreamRefusesWhenThoseBeforeItAreSettled() {
        started(0, 1, 2, 3);
        answer(
                "{\"type\":\"err\",\"seq\":3,\"error\":{\"code\":400,\"err_code\":10165,\"description\":\"invalid TTL\"}}");
        assertThat(told.lines).isEmpty();
        end(2);
        error(nats.last().reply(), 10208);

        assertThat(told.lines).containsExactly("settled through 1", "failed 2", "failed 2");
        assertThat(FailureTriage.of(told.causes.get(0))).isEqualTo(FailureTriage.Verdict.REJECT);
        assertThat(FailureTriage.of(told.causes.get(1))).isEqualTo(FailureTriage.Verdict.RETRY);
    }

    /** Plain error: the server did not look at the batch, and finds a gap when the next message or the end comes. */
    @Test
    void rejectsARecordThatIsRefusedOutsideTheBatch() {
        started(0, 1, 2);
        error(nats.last().reply(), 10054);

        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.4.3.$FI");
        answer("{\"type\":\"gap\",\"last_seq\":3,\"seq\":4}");
        end(2);
        assertThat(told.lines).containsExactly("settled through 1", "failed 2");
        assertThat(FailureTriage.of(told.causes.get(0))).isEqualTo(FailureTriage.Verdict.REJECT);
        // It was the last one, so this epoch can go on.
        publish(3);
        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    @Test
    void rejectsAFirstRecordThatIsRefused() {
        publish(0);
        error(nats.last().reply(), 10054);

        assertThat(told.lines).containsExactly("failed 0");
        assertThat(FailureTriage.of(told.causes.get(0))).isEqualTo(FailureTriage.Verdict.REJECT);
        publish(1);
        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
    }

    /** The start is acked before the headers of the first message are checked. */
    @Test
    void rejectsAFirstRecordThatIsRefusedBehindTheStartsAck() {
        publish(0);
        String first = nats.last().reply();
        start();
        publish(1);
        error(first, 10165);
        error(nats.last().reply(), 10208);

        assertThat(told.lines).containsExactly("failed 0", "failed 0");
        assertThat(FailureTriage.of(told.causes.get(0))).isEqualTo(FailureTriage.Verdict.REJECT);
        assertThat(FailureTriage.of(told.causes.get(1))).isEqualTo(FailureTriage.Verdict.RETRY);
        assertThat(publisher.batch().hasOpenTail()).isFalse();
        assertThat(nats.sent).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {10206, 10207, 10208, 10211, 10077, 10023})
    void triesAgainAFirstRecordThatIsRefusedForNoFaultOfItsOwn(int code) {
        publish(0);
        error(nats.last().reply(), code);

        assertThat(told.lines).containsExactly("failed 0");
        assertThat(FailureTriage.of(told.causes.get(0))).isEqualTo(FailureTriage.Verdict.RETRY);
        assertThat(told.causes.get(0)).hasMessageContaining(Integer.toString(code));
    }

    @Test
    void leavesTheOutcomeOpenWhenTheEndIsRefused() {
        started(0, 1, 2);
        publisher.flush();
        error(nats.last().reply(), 10208);

        assertThat(told.lines).containsExactly("failed 2");
        assertThat(publisher.batch().hasOpenTail()).isTrue();
    }

    @Test
    void knowsWhatIsStoredWhenBatchesAreSwitchedOffOnASingleServer() {
        started(0, 1, 2);
        error(nats.sent.get(1).reply(), 10205);
        error(nats.sent.get(2).reply(), 10205);

        assertThat(told.lines).containsExactly("settled through 0", "failed 2");
        assertThat(told.causes).singleElement().isInstanceOf(NotOfferedException.class);
        assertThat(publisher.batch().hasOpenTail()).isFalse();
    }

    @Test
    void doesNotKnowWhatIsStoredWhenBatchesAreSwitchedOffInACluster() throws Exception {
        publisher = publisher(3, null);
        started(0, 1, 2);
        error(nats.sent.get(1).reply(), 10205);

        assertThat(told.lines).containsExactly("failed 2");
        assertThat(publisher.batch().hasOpenTail()).isTrue();
    }

    @Test
    void countsNothingBehindAMessageThatNobodyTook() {
        started(0, 1, 2);
        nats.status(nats.sent.get(1).reply(), 503, "No Responders Available For Request");
        error(nats.sent.get(2).reply(), 10205);

        assertThat(told.lines).containsExactly("failed 1", "failed 2");
        assertThat(publisher.batch().hasOpenTail()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {503, 429})
    void givesUpWhenTheServerTurnsAMessageAway(int code) {
        started(0, 1);
        nats.status(nats.last().reply(), code, "no");
        harvest();

        assertThat(told.lines).containsExactly("failed 1");
        assertThat(FailureTriage.of(told.causes.get(0))).isEqualTo(FailureTriage.Verdict.RETRY);
        assertThat(publisher.wasRefused()).isFalse();
    }

    /** nats-server 2.10: it stores the message and answers as to any other. */
    @Test
    void countsWhatAnOldServerHasStored() {
        publish(0);
        answer("{\"stream\":\"ORDERS\", \"seq\":7}");

        assertThat(told.lines).containsExactly("settled through 0", "failed 0");
        assertThat(told.causes).singleElement().isInstanceOf(NotOfferedException.class);
        assertThat(publisher.wasRefused()).isTrue();
        assertThat(publisher.batch().hasOpenTail()).isFalse();
    }

    /** With message ids; the batch is over. */
    @Test
    void sendsTheFirstMessageOfItsIdsOnItsOwn() {
        Partition partition = new Partition(new TopicPartition("orders", 0));
        assertThat(publisher.publish(7, withId(partition))).isTrue();
        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.1.2.$FI");
        String first = nats.last().batch();
        assertThat(publisher.publish(8, withId(partition))).isFalse();

        answer("{\"stream\":\"ORDERS\",\"seq\":9,\"duplicate\": true,\"batch\":\"b\",\"count\":1}");

        assertThat(told.lines).startsWith("duplicate 7");
        assertThat(told.causes).isEmpty();
        assertThat(publisher.publish(8, withId(partition))).isTrue();
        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
        assertThat(nats.last().batch()).isNotEqualTo(first);
        start();
        assertThat(publisher.publish(9, withId(partition))).isTrue();
        ack(2);
        assertThat(told.lines).endsWith("settled through 9");
    }

    @Test
    void endsTheBatchBeforeTheFirstMessageOfAnotherPartition() {
        Partition first = new Partition(new TopicPartition("orders", 0));
        Partition second = new Partition(new TopicPartition("orders", 1));
        assertThat(publisher.publish(0, withId(first))).isTrue();
        answer("{\"stream\":\"ORDERS\",\"seq\":1,\"batch\":\"b\",\"count\":1}");
        assertThat(told.lines).containsExactly("settled through 0");
        assertThat(publisher.publish(1, withId(first))).isTrue();
        start();

        assertThat(publisher.publish(2, withId(second))).isFalse();
        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.2.3.$FI");
        end(1);
        assertThat(publisher.publish(2, withId(second))).isTrue();

        assertThat(nats.last().tail()).isEqualTo(FLOW + ".fail.1.2.$FI");
        assertThat(nats.sent).hasSize(4);
    }

    @Test
    void tellsABatchOfWhichNothingWasStored() {
        started(0, 1, 2, 3);
        ack(2);
        publisher.flush();

        answer("{\"stream\":\"ORDERS\",\"seq\":0,\"batch\":\"b\",\"count\":4}");

        assertThat(told.lines).containsExactly("settled through 1", "duplicate 2", "duplicate 3", "settled through 3");
    }

    @Test
    void ignoresAnswersToAnOlderBatch() {
        started(0, 1);
        String old = nats.last().reply();
        publisher.flush();
        end(2);
        started(2, 3);
        told.lines.clear();

        nats.answer(old, "{\"type\":\"ack\",\"seq\":2,\"msgs\":2}");
        error(old, 10208);
        nats.status(old, 503, "no");
        harvest();

        assertThat(told.lines).isEmpty();
        assertThat(publisher.batch().acked()).isZero();
    }

    @Test
    void ignoresWhatNoServerSays() {
        started(0);
        nats.answer("_INBOX.i0.x", "{}");
        nats.answer(nats.last().reply(), "what?");
        nats.answer(nats.last().reply(), "{\"stream\":\"\"}");
        harvest();

        assertThat(told.lines).isEmpty();
    }

    @Test
    void tellsWhatTheNextEpochHasLearnt() {
        started(0, 1, 2);
        publisher.batch().conclude(2);
        harvest();
        harvest();

        assertThat(told.lines).containsExactly("settled through 1");
    }

    @Test
    void offersAgainWhatTheQueueDidNotTake() {
        started(0);
        nats.refusal = new IllegalStateException("Output queue is full");
        assertThat(publisher.publish(1, message("m"))).isFalse();
        publisher.flush();
        nats.refusal = null;
        publish(1);
        publisher.flush();

        assertThat(nats.sent)
                .extracting(FakeConnection.Sent::tail)
                .containsExactly(FLOW + ".fail.1.0.$FI", FLOW + ".fail.2.1.$FI", FLOW + ".fail.3.3.$FI");
    }

    @Test
    void usesAnIdAgainUntilABatchHasBegunWithIt() throws Exception {
        publisher = publisher(1, "again");
        assertThat(publisher.reuse()).isEqualTo("again");
        nats.refusal = new IllegalStateException("Connection is Closed");
        assertThat(publisher.publish(0, message("m"))).isFalse();
        assertThat(publisher.reuse()).isEqualTo("again");
        nats.refusal = null;

        started(0);
        assertThat(nats.last().batch()).isEqualTo("again");
        assertThat(publisher.reuse()).isNull();
        publisher.flush();
        end(1);
        publish(1);

        assertThat(nats.last().batch()).isNotEqualTo("again");
    }

    @Test
    void rejectsWhatServerAndStreamAreKnownToRefuse() {
        assertThatThrownBy(() -> publisher.publish(0, message("x".repeat(1001))))
                .isInstanceOf(RejectedRecordException.class)
                .hasMessageContaining("max_payload");
        assertThatThrownBy(() -> publisher.publish(0, message("x".repeat(901))))
                .isInstanceOf(RejectedRecordException.class)
                .hasMessageContaining("max_msg_size");
        nats.refusal = new IllegalArgumentException("Subject cannot contain spaces");
        assertThatThrownBy(() -> publisher.publish(0, message("m")))
                .isInstanceOf(RejectedRecordException.class)
                .hasMessageContaining("subject");
        nats.refusal = null;

        started(0);
        assertThat(told.lines).isEmpty();
    }

    @Test
    void findsPositionsOverManyRoundsOfTheWindow() {
        publish(0);
        start();
        for (int sequence = 2; sequence < 100; sequence++) {
            publish(sequence * 3L);
            ack(sequence);
        }

        assertThat(told.lines).hasSize(98).endsWith("settled through 297");
    }

    private FastPublisher publisher(int replicas, String reuse) throws Exception {
        StreamConfiguration stream = StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders")
                .replicas(replicas)
                .maximumMessageSize(900)
                .allowBatched()
                .build();
        return new FastPublisher(
                nats.connection(), new TargetStream("ORDERS", stream, ""), WINDOW, reuse, Duration.ofSeconds(1));
    }

    /** Publishes and has the server take the first message. */
    private void started(long... positions) {
        publish(positions[0]);
        start();
        for (int i = 1; i < positions.length; i++) {
            publish(positions[i]);
        }
    }

    private void publish(long position) {
        assertThat(publisher.publish(position, message("m"))).isTrue();
    }

    private void start() {
        answer("{\"type\":\"ack\",\"seq\":0,\"msgs\":" + FLOW + "}");
    }

    private void ack(long sequence) {
        answer("{\"type\":\"ack\",\"seq\":" + sequence + ",\"msgs\":" + FLOW + "}");
    }

    private void end(long count) {
        answer("{\"stream\":\"ORDERS\",\"seq\":9,\"batch\":\"b\",\"count\":" + count + "}");
    }

    private void error(String reply, int code) {
        nats.answer(
                reply,
                "{\"error\":{\"code\":400,\"err_code\":" + code
                        + ",\"description\":\"no\"},\"stream\":\"ORDERS\",\"seq\":0}");
        harvest();
    }

    private void answer(String json) {
        nats.answer(nats.last().reply(), json);
        harvest();
    }

    private void harvest() {
        publisher.harvest(told);
    }

    private static Publication withId(Partition partition) {
        Headers id = new Headers().put("Nats-Msg-Id", "any");
        return publication(new OutboundMessage("orders", id, new byte[1]), partition);
    }

    private static Publication message(String payload) {
        return publication(new OutboundMessage("orders", null, payload.getBytes(StandardCharsets.UTF_8)), null);
    }

    private static Publication publication(OutboundMessage message, Partition partition) {
        return new Publication() {
            @Override
            public OutboundMessage message() {
                return message;
            }

            @Override
            public SinkRecord record() {
                throw new AssertionError("not asked for");
            }

            @Override
            public Partition partition() {
                if (partition == null) {
                    throw new AssertionError("not asked for");
                }
                return partition;
            }
        };
    }

    private static final class Told implements Publisher.Outcomes {
        final List<String> lines = new ArrayList<>();
        final List<Throwable> causes = new ArrayList<>();

        @Override
        public void settled(long position) {
            lines.add("settled " + position);
        }

        @Override
        public void duplicate(long position) {
            lines.add("duplicate " + position);
        }

        @Override
        public void settledThrough(long position) {
            lines.add("settled through " + position);
        }

        @Override
        public void unsent(long position) {
            throw new AssertionError("position " + position + " is to be sent again");
        }

        @Override
        public void failed(long position, Throwable cause) {
            lines.add("failed " + position);
            causes.add(cause);
        }
    }
}
