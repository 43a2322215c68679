package io.jetsink.publish;

import static io.jetsink.publish.FailureTriage.verdictOf;
import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.message.OutboundMessage;
import io.jetsink.nats.stream.CapturedSubjects;
import io.jetsink.nats.stream.ListedSubjects;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FailureTriage.Verdict;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StreamAdmissionTest {
    private final FakeConnection nats = new FakeConnection();
    private final AtomicLong now = new AtomicLong();
    private final CapturedSubjects captured = new CapturedSubjects(List.of("orders", "items.*"), now::get);
    private final StreamAdmission limit = new StreamAdmission(target(), captured, false, false, () -> 0);

    @Test
    void asksNothingAboutWhatTheStreamTakes() {
        assertThat(admits(0, "orders", 900)).isTrue();

        assertThat(nats.requests).isEmpty();
    }

    @Test
    void looksAgainBeforeItCondemns() {
        assertThat(admits(7, "orders", 901)).isFalse();
        assertThat(admits(7, "orders", 901)).isFalse();
        assertThat(nats.requests).containsExactly("$JS.hub.API.STREAM.INFO.ORDERS");

        nats.found(stream(900, "orders"));

        assertRejected(() -> admits(7, "orders", 901), "901 bytes", "accepts 900", "max_msg_size");
    }

    @Test
    void takesWhatTheStreamTakesByNow() {
        assertThat(admits(7, "orders", 901)).isFalse();
        nats.found(stream(2_000, "orders"));
        assertThat(admits(7, "orders", 901)).isTrue();
        assertThat(admits(8, "orders", 2_000)).isTrue();

        assertThat(nats.requests).hasSize(1);
    }

    /** An account mapping leads the subject there, or the list was edited: the server knows. */
    @Test
    void sendsWhatTheServerSaysTheStreamCaptures() {
        assertThat(admits(3, "items.1", 1)).isFalse();
        assertThat(nats.requests).containsExactly("items.1");
        nats.captured(0, "ORDERS");

        assertThat(admits(3, "items.1", 1)).isTrue();
        assertThat(admits(4, "items.1", 1)).isTrue();
        // One subject of a filter stands for the others.
        assertThat(admits(5, "items.2", 1)).isTrue();
        assertThat(nats.requests).hasSize(1);
    }

    @Test
    void asksAboutEachSubjectAfterAMessageWasLost() {
        accept("items.1");
        limit.distrust();

        assertThat(admits(4, "items.2", 1)).isFalse();
        nats.captured(1, "ORDERS");
        assertThat(admits(4, "items.2", 1)).isTrue();
        assertThat(admits(5, "items.3", 1)).isFalse();

        now.addAndGet(Duration.ofMinutes(2).toNanos());
        assertThat(admits(6, "items.4", 1)).isTrue();
    }

    /** Nothing else is known of the members of an atomic batch. */
    @Test
    void asksAboutEachSubjectOfExactlyOnce() {
        StreamAdmission each = new StreamAdmission(target(), captured, true, false, () -> 0);
        captured.accept("items.1");

        assertThat(each.admits(3, message("items.1", 1), nats.connection())).isTrue();
        assertThat(each.admits(4, message("items.2", 1), nats.connection())).isFalse();
    }

    @Test
    void condemnsASubjectThatTheServerRefusesBetweenTwoThatTheStreamCaptures() {
        accept("items.1");
        limit.distrust();
        assertThat(admits(4, "items.2", 1)).isFalse();
        nats.nobody(1);
        assertThat(nats.requests.subList(2, 6))
                .containsExactly("items.1", "items.2", "items.1", "$JS.hub.API.STREAM.INFO.ORDERS");
        nats.captured(2, "ORDERS");
        nats.nobody(3);
        nats.captured(4, "ORDERS");
        nats.found(stream(900, "orders"));

        assertRejected(() -> admits(4, "items.2", 1), "ORDERS", "by the server's answer", "subject");
    }

    @Test
    void condemnsASubjectThatAnotherStreamCaptures() {
        assertThat(admits(4, "items.2", 1)).isFalse();
        refused(stream(900, "orders"), "OTHER");

        assertRejected(() -> admits(4, "items.2", 1));
    }

    /** While a leader is elected, nothing is subscribed to any subject. */
    @Test
    void condemnsNothingThatIsCapturedASecondLater() {
        assertThat(admits(4, "items.2", 1)).isFalse();
        nats.nobody(0);
        nats.nobody(1);
        nats.captured(2, "ORDERS");
        nats.nobody(3);
        nats.found(stream(900, "orders"));

        assertThat(admits(4, "items.2", 1)).isTrue();
    }

    @Test
    void doubtsTheLeaderOfAStreamThatListsTheSubjectByNow() {
        assertThat(admits(4, "items.2", 1)).isFalse();
        refused(stream(900, "orders", "items.*"), null);

        assertThat(admits(4, "items.2", 1)).isFalse();
        assertThrown(IOException.class, limit::check, "leader");
    }

    /** That it does not list it any more is the stream's fault, and no record's. */
    @Test
    void takesASubjectThatWasListedOnceForAMistake() {
        captured.listedBy(new TargetStream("ORDERS", stream(900, "items.*"), "$JS.hub.API."));
        assertThat(admits(4, "items.2", 1)).isFalse();
        refused(stream(900, "orders"), null);

        assertThat(admits(4, "items.2", 1)).isFalse();
        assertMistake(limit, "nats stream edit ORDERS --subjects");
    }

    @Test
    void takesAMappingThatIsGoneForAMistake() {
        accept("items.1");
        limit.distrust();
        assertThat(admits(4, "items.2", 1)).isFalse();
        nats.nobody(1);
        for (int request = 2; request < 5; request++) {
            nats.nobody(request);
        }
        nats.found(stream(900, "orders"));

        assertThat(admits(4, "items.2", 1)).isFalse();
        assertMistake(limit, "mappings");
    }

    @Test
    void takesAStreamThatCapturesNothingForAMistake() {
        CapturedSubjects nothing = new CapturedSubjects(List.of("orders", "items.*"), now::get);
        StreamAdmission other = new StreamAdmission(
                new TargetStream("OTHER", stream(900, "others"), "$JS.hub.API."), nothing, false, false, () -> 0);
        assertThat(other.admits(0, message("orders", 1), nats.connection())).isFalse();
        nats.nobody(0);
        nats.nobody(1);
        nats.found(stream(900, "others"));

        assertMistake(other, "captures none of the subjects orders, items.*");
    }

    /** A thousand subjects cost one look. */
    @Test
    void findsEachOfManySubjects() {
        ListedSubjects many = new ListedSubjects(List.of("a", "b", "c.*", "d.>", "e.*.f"));

        for (String subject : List.of("a", "b", "c.1", "c.2", "d.1.2", "c.3", "e.1.f")) {
            assertThat(many.include(subject)).as(subject).isTrue();
        }
        for (String subject : List.of("c", "c.1.2", "d", "e.1.g", "f")) {
            assertThat(many.include(subject)).as(subject).isFalse();
        }
    }

    private static void assertMistake(StreamAdmission admission, String text) {
        assertThatThrownBy(admission::check)
                .satisfies(why -> assertThat(verdictOf(why)).isEqualTo(Verdict.MISCONFIGURED))
                .hasMessageContaining(text);
    }

    private void accept(String subject) {
        assertThat(admits(3, subject, 1)).isFalse();
        nats.captured(nats.requests.size() - 1, "ORDERS");
        assertThat(admits(3, subject, 1)).isTrue();
    }

    /** The subject is refused twice, between two that the stream captures. */
    private void refused(StreamConfiguration now, String by) {
        answer(0, by);
        nats.captured(1, "ORDERS");
        answer(2, by);
        nats.captured(3, "ORDERS");
        nats.found(now);
    }

    private void answer(int request, String by) {
        if (by == null) {
            nats.nobody(request);
        } else {
            nats.captured(request, by);
        }
    }

    /** The answer that condemned one record may be older than the next. */
    @Test
    void looksAgainForEachRecord() {
        assertThat(admits(7, "orders", 901)).isFalse();
        nats.found(stream(900, "orders"));
        assertRejected(() -> admits(7, "orders", 901));

        assertThat(admits(8, "orders", 901)).isFalse();
        nats.found(stream(901, "orders"));

        assertThat(admits(8, "orders", 901)).isTrue();
    }

    /** It was taken away meanwhile; its answer is too old for the next one. */
    @Test
    void takesNoAnswerThatWasAskedForAnotherRecord() {
        assertThat(admits(7, "orders", 901)).isFalse();
        nats.found(stream(900, "orders"));

        assertThat(admits(8, "orders", 901)).isFalse();

        assertThat(nats.requests).hasSize(2);
    }

    @Test
    void asksAgainWhenTheConnectionTookNoRequest() throws Exception {
        nats.refusal = new IllegalStateException("Output queue is full");
        assertThat(admits(7, "orders", 901)).isFalse();
        nats.refusal = null;
        assertThat(limit.await(1)).isFalse();

        assertThat(admits(7, "orders", 901)).isFalse();

        assertThat(nats.requests).hasSize(1);
    }

    @Test
    void saysThatTheStreamIsGone() {
        assertThat(admits(7, "orders", 901)).isFalse();
        assertThatCode(limit::check).doesNotThrowAnyException();
        nats.replies
                .get(0)
                .complete(NatsMessage.builder()
                        .subject("reply")
                        .data("{\"error\":{\"code\":404,\"err_code\":10059,\"description\":\"stream not found\"}}")
                        .build());

        assertThat(admits(7, "orders", 901)).isFalse();
        assertThrown(IOException.class, limit::check, "cannot be looked up", "stream not found");
    }

    @Test
    void saysThatNobodyAnswers() {
        assertThat(admits(7, "orders", 901)).isFalse();
        nats.replies.get(0).cancel(true);

        assertThat(admits(7, "orders", 901)).isFalse();
        assertThrown(IOException.class, limit::check, "no answer from JetStream");
    }

    private boolean admits(long position, String subject, int size) {
        return limit.admits(position, message(subject, size), nats.connection());
    }

    private static OutboundMessage message(String subject, int size) {
        return new OutboundMessage(subject, null, "x".repeat(size).getBytes(StandardCharsets.US_ASCII));
    }

    private static TargetStream target() {
        return new TargetStream("ORDERS", stream(900, "orders"), "$JS.hub.API.");
    }

    private static StreamConfiguration stream(int maxMessageSize, String... subjects) {
        return StreamConfiguration.builder()
                .name("ORDERS")
                .subjects(subjects)
                .maximumMessageSize(maxMessageSize)
                .build();
    }
}
