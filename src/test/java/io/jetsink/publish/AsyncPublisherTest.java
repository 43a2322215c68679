package io.jetsink.publish;

import static io.jetsink.publish.FailureTriage.verdictOf;
import static io.jetsink.support.Thrown.assertRejected;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.publish.FailureTriage.Verdict;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsyncPublisherTest {
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONG = TimeUnit.SECONDS.toNanos(30);

    private static final String ACK = "{\"stream\":\"ORDERS\", \"domain\":\"hub\", \"seq\":1}";
    private static final String DUPLICATE =
            "{\"stream\":\"ORDERS\", \"domain\":\"hub\", \"seq\":1,\"duplicate\": true}";

    private final FakeConnection nats = new FakeConnection();
    private final Told told = new Told();
    private long now;
    private final CachedStreamLookup lookUp =
            new CachedStreamLookup(new JetStreamSettings(null, null, "ORDERS", null), List.of("orders", "items"));
    private final RefusalDiagnosis refusals = new RefusalDiagnosis(nats.connection(), lookUp, () -> 0);
    private AsyncPublisher publisher = open(false);

    private AsyncPublisher open(boolean lastCounts) {
        return new AsyncPublisher(
                nats.connection(),
                new AckSource("ORDERS", "hub"),
                new ForeignReplies("orders", () -> now),
                refusals,
                4,
                lastCounts,
                () -> now);
    }

    @Test
    void tellsAcksInOrder() throws Exception {
        publish(10, 11, 12);
        ack(1);
        publisher.harvest(told);
        assertThat(told.lines).isEmpty();

        ack(0);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 10", "settled 11");
    }

    @Test
    void isProvenByAnAckOnly() throws Exception {
        publish(0, 1);
        silent(0);
        publisher.harvest(told);
        assertThat(publisher.isProven()).isFalse();
        assertThat(publisher.window()).isEqualTo(1);

        ack(1);
        publisher.harvest(told);

        assertThat(publisher.isProven()).isTrue();
        assertThat(publisher.window()).isEqualTo(4);
    }

    @Test
    void goesOnBehindAFailure() throws Exception {
        publish(0, 1);
        silent(0);
        ack(1);

        publisher.harvest(told);

        assertThat(told.lines).containsExactly("failed 0", "settled 1");
    }

    @Test
    void tellsAnAckOfWhatTheStreamHasAlready() throws Exception {
        assertThat(publisher.publish(5, identified())).isTrue();
        answer(0, DUPLICATE);

        publisher.harvest(told);

        assertThat(told.lines).containsExactly("duplicate 5");
        // It is an ack as any other.
        assertThat(publisher.window()).isEqualTo(4);
    }

    @Test
    void ignoresADuplicateOfAMessageWithoutAnId() {
        publish(5);
        answer(0, DUPLICATE);
        publisher.harvest(told);
        assertThat(told.lines).isEmpty();

        ack(0);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 5");
    }

    static List<Consumer<AsyncPublisherTest>> whatIsSentAgain() {
        return List.of(
                test -> test.silent(1),
                test -> test.error(1, 10077),
                test -> test.error(1, 10158),
                test -> test.error(1, 10109));
    }

    @ParameterizedTest
    @MethodSource("whatIsSentAgain")
    void settlesNothingBehindAFailureWhereTheLastMessageCounts(Consumer<AsyncPublisherTest> failure) {
        publisher = open(true);
        publish(0, 1, 2);
        ack(0);
        failure.accept(this);
        ack(2);

        publisher.harvest(told);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 0", "failed 1");
    }

    @Test
    void goesOnBehindARejectedMessageWhereTheLastMessageCounts() throws Exception {
        publisher = open(true);
        publish(0, 1);
        error(0, 10054);
        ack(1);

        publisher.harvest(told);

        assertThat(told.lines).containsExactly("failed 0", "settled 1");
    }

    /** A service on the subject, another stream, the same stream of another domain: then the stream itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ok",
                "",
                "{\"error\":\"no stock\"}",
                "{\"stream\":\"OTHER\",\"domain\":\"hub\",\"seq\":1}",
                "{\"stream\":\"ORDERS\",\"domain\":\"leaf\",\"seq\":1}",
                "{\"stream\":\"ORDERS\",\"seq\":1}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":0}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":0,\"batch\":\"b\",\"count\":1}",
                "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":7,\"batch\":\"b\",\"count\":1}"
            })
    void isSettledByTheExpectedStreamOnly(String foreign) {
        publish(0, 1);
        answer(0, foreign);
        answer(1, foreign);
        publisher.harvest(told);
        assertThat(told.lines).isEmpty();

        ack(0);
        answer(0, foreign);
        ack(1);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 0", "settled 1");
    }

    @Test
    void namesWhatAcksInThePlaceOfTheStreamUntilTheStreamDoes() {
        publish(0);
        answer(0, "ok");
        assertThat(publisher.ackedElsewhere()).isNull();

        answer(0, "{\"stream\":\"ORDERS\",\"domain\":\"leaf\",\"seq\":1}");
        assertThat(publisher.ackedElsewhere())
                .hasMessageContaining("stream ORDERS in domain leaf")
                .hasMessageContaining("jetstream.domain")
                .satisfies(failure -> assertThat(verdictOf(failure)).isEqualTo(Verdict.RETRY));

        answer(0, "{\"stream\":\"OTHER\",\"domain\":\"hub\",\"seq\":1}");
        assertThat(publisher.ackedElsewhere()).isInstanceOf(MisconfiguredException.class);

        ack(0);
        publisher.harvest(told);
        assertThat(publisher.ackedElsewhere()).isNull();
    }

    @Test
    void sendsAgainWhatHasAnIdInProcess() {
        publish(0, 1);
        error(0, 10158);
        ack(1);
        publisher.harvest(told);
        assertThat(nats.sent).hasSize(2);
        assertThat(told.lines).isEmpty();

        now += TimeUnit.MILLISECONDS.toNanos(20);
        publisher.harvest(told);
        assertThat(nats.sent).hasSize(3);
        assertThat(nats.last().reply()).isEqualTo(nats.sent.get(0).reply());

        ack(0);
        publisher.harvest(told);
        assertThat(told.lines).containsExactly("settled 0", "settled 1");
    }

    @Test
    void offersAgainWhatHasAnIdInProcessWhenTheQueueTakesIt() {
        publish(0);
        error(0, 10158);
        now += TimeUnit.SECONDS.toNanos(1);
        publisher.harvest(told);
        now += TimeUnit.SECONDS.toNanos(1);
        nats.refusal = new IllegalStateException("Output queue is full");
        publisher.harvest(told);
        assertThat(nats.sent).hasSize(1);

        nats.refusal = null;
        publisher.harvest(told);
        assertThat(nats.sent).hasSize(2);
    }

    /** Of what the connection has sent, the acks behind one that never came are still worth something. */
    @Test
    void reportsWhatWasAckedBehindAGapWhenTheConnectionIsClosed() {
        publish(0, 1);
        ack(1);
        publisher.harvest(told);
        assertThat(told.lines).isEmpty();

        nats.status = Connection.Status.CLOSED;
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 1");
    }

    @Test
    void needsOneSubscription() {
        nats.inboxPrefix("_BRIDGE");
        publisher = open(false);
        publish(0, 1, 2);

        assertThat(nats.subscribed).hasSize(2).last().asString().matches("_BRIDGE\\.[^.]+\\.\\*");
        assertThat(nats.sent).allSatisfy(sent -> assertThat(sent.reply()).startsWith("_BRIDGE."));
    }

    @Test
    void ignoresAnswersToOtherMessages() {
        publish(0);
        String stem = nats.last().reply().substring(0, nats.last().reply().length() - 1);
        for (String tail : List.of("7", "x", "", "-1", "4", "99999999999999999999999999")) {
            nats.answer(stem + tail, ACK);
        }
        publisher.harvest(told);
        assertThat(told.lines).isEmpty();
    }

    @Test
    void leavesOutThePositionsThatWereNotPublished() throws Exception {
        publish(0, 1, 2, 3);
        ack(0, 1, 2, 3);
        publisher.harvest(told);
        publish(6, 9);
        ack(4, 5);

        publisher.harvest(told);

        assertThat(told.lines).endsWith("settled 3", "settled 6", "settled 9").hasSize(6);
    }

    @Test
    void hasNothingToWaitForWhenAllIsTold() throws Exception {
        assertThat(publisher.await(5, LONG)).isFalse();
        publish(0);
        ack(0);
        publisher.harvest(told);

        assertThat(publisher.await(0, LONG)).isFalse();
    }

    @Test
    void returnsAtOnceWhenEverythingIsKnown() throws Exception {
        publish(0, 1);
        ack(0, 1);

        assertThat(publisher.await(1, LONG)).isTrue();
    }

    @Test
    void waitsForAnEarlierAckToo() throws Exception {
        publish(0, 1);
        ack(1);
        long before = System.nanoTime();

        assertThat(publisher.await(1, SHORT)).isTrue();

        assertThat(System.nanoTime() - before).as("nanoseconds").isGreaterThanOrEqualTo(SHORT);
    }

    @Test
    void offersAgainWhatTheQueueDidNotTake() throws Exception {
        nats.refusal = new IllegalStateException("Output queue is full");
        assertThat(publisher.publish(0, message("a"))).isFalse();

        nats.refusal = null;
        publish(0);
        ack(0);
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("settled 0");
    }

    /** Behind it nothing is settled until the server has answered. */
    @Test
    void asksWhyNothingIsSubscribedAndRejectsWhatTheServerRefuses() throws Exception {
        lookedUp("items");
        publish(0, 1);
        silent(0);
        ack(1);
        publisher.harvest(told);
        assertThat(told.lines).isEmpty();
        assertThat(nats.requests).containsExactly("orders");
        refusedTwice(nats.stream);

        assertThat(told.lines).containsExactly("failed 0", "settled 1");
        assertThat(verdictOf(told.causes.get(0))).isEqualTo(Verdict.REJECT);
    }

    /** An election: the stream answers a moment later. */
    @Test
    void sendsAgainWhatTheStreamCapturesAfterAll() throws Exception {
        lookedUp("items");
        publish(0);
        silent(0);
        publisher.harvest(told);
        nats.captured(0, "ORDERS");
        publisher.harvest(told);

        assertThat(told.lines).containsExactly("failed 0");
        assertThat(verdictOf(told.causes.get(0))).isEqualTo(Verdict.RETRY);
    }

    @Test
    void namesTheStreamThatHasLostASubject() throws Exception {
        lookedUp("items", "orders");
        publish(0);
        silent(0);
        publisher.harvest(told);
        refusedTwice(stream("items"));

        assertThat(verdictOf(told.causes.get(0))).isEqualTo(Verdict.MISCONFIGURED);
        assertThat(told.causes.get(0)).hasMessageContaining("nats stream edit ORDERS --subjects");
    }

    /** The server refuses the subject between two that the stream captures. */
    private void refusedTwice(StreamConfiguration stream) {
        nats.nobody(0);
        nats.captured(1, "ORDERS");
        nats.nobody(2);
        nats.captured(3, "ORDERS");
        nats.found(stream);
        publisher.harvest(told);
    }

    private void lookedUp(String... subjects) throws Exception {
        nats.stream = stream(subjects);
        lookUp.on(nats.connection());
    }

    private static StreamConfiguration stream(String... subjects) {
        return StreamConfiguration.builder().name("ORDERS").subjects(subjects).build();
    }

    @Test
    void rejectsWhatTheClientRefuses() {
        nats.refusal = new IllegalArgumentException("Subject cannot contain spaces");

        assertRejected(() -> publisher.publish(0, message("a")), "subject");
    }

    @Test
    void rejectsWhatIsLargerThanTheServerTakes() {
        assertRejected(() -> publisher.publish(0, message("x".repeat(1001))), "1001 bytes", "max_payload");
        assertThat(nats.sent).isEmpty();
    }

    private void publish(long... positions) {
        for (long position : positions) {
            assertThat(publisher.publish(position, message("m"))).isTrue();
        }
    }

    private void ack(int... sent) {
        for (int nth : sent) {
            answer(nth, ACK);
        }
    }

    private void answer(int nth, String json) {
        nats.answer(nats.sent.get(nth).reply(), json);
    }

    private void error(int nth, int code) {
        nats.error(nats.sent.get(nth).reply(), code);
    }

    private void silent(int nth) {
        nats.status(nats.sent.get(nth).reply(), 503, "No Responders Available For Request");
    }

    private static PendingRecord message(String payload) {
        return Pending.of("orders", payload);
    }

    private static PendingRecord identified() {
        return Pending.of(
                new OutboundMessage("orders", new Headers().put("Nats-Msg-Id", "1"), new byte[0]),
                new AssignedPartition("task-0", new TopicPartition("orders", 0)));
    }
}
