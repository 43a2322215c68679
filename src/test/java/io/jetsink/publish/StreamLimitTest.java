package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.nats.TargetStream;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.NatsMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StreamLimitTest {
    private final FakeConnection nats = new FakeConnection();
    private final StreamLimit limit =
            new StreamLimit(new TargetStream("ORDERS", stream(900, "orders"), "$JS.hub.API."), () -> 0);

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

        assertThatThrownBy(() -> admits(7, "orders", 901))
                .isInstanceOf(RejectedRecordException.class)
                .hasMessageContaining("901 bytes")
                .hasMessageContaining("takes 900")
                .hasMessageContaining("max_msg_size");
    }

    @Test
    void takesWhatTheStreamTakesByNow() {
        assertThat(admits(7, "orders", 901)).isFalse();
        nats.found(stream(2_000, "orders"));
        assertThat(admits(7, "orders", 901)).isTrue();
        assertThat(admits(8, "orders", 2_000)).isTrue();

        assertThat(admits(9, "items", 1)).isFalse();
        nats.found(stream(2_000, "orders", "items"));
        assertThat(admits(9, "items", 1)).isTrue();

        assertThat(nats.requests).hasSize(2);
    }

    @Test
    void condemnsASubjectThatTheStreamStillDoesNotTake() {
        assertThat(admits(3, "items", 1)).isFalse();
        nats.found(stream(900, "orders"));

        assertThatThrownBy(() -> admits(3, "items", 1))
                .isInstanceOf(RejectedRecordException.class)
                .hasMessageContaining("ORDERS")
                .hasMessageContaining("subject");
    }

    /** The answer that condemned one record may be older than the next. */
    @Test
    void looksAgainForEachRecord() {
        assertThat(admits(7, "orders", 901)).isFalse();
        nats.found(stream(900, "orders"));
        assertThatThrownBy(() -> admits(7, "orders", 901)).isInstanceOf(RejectedRecordException.class);

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
        assertThatThrownBy(limit::check)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be looked up")
                .hasMessageContaining("stream not found");
    }

    @Test
    void saysThatNobodyAnswers() {
        assertThat(admits(7, "orders", 901)).isFalse();
        nats.replies.get(0).cancel(true);

        assertThat(admits(7, "orders", 901)).isFalse();
        assertThatThrownBy(limit::check)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no answer from JetStream");
    }

    private boolean admits(long position, String subject, int size) {
        OutboundMessage message =
                new OutboundMessage(subject, null, "x".repeat(size).getBytes(StandardCharsets.US_ASCII));
        return limit.admits(position, message, nats.connection());
    }

    private static StreamConfiguration stream(int maxMessageSize, String... subjects) {
        return StreamConfiguration.builder()
                .name("ORDERS")
                .subjects(subjects)
                .maximumMessageSize(maxMessageSize)
                .build();
    }
}
