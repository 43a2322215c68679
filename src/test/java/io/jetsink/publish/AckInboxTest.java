package io.jetsink.publish;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.stream.AckSource;
import io.jetsink.nats.stream.JetStreamReply;
import io.jetsink.support.Logged;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class AckInboxTest {
    private static final byte[] EMPTY = {};
    private static final String ACK = "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":1}";

    private final FakeConnection nats = new FakeConnection();
    private long now;
    private final AckSource source = new AckSource("ORDERS", "hub");
    private final AckInbox inbox = new AckInbox(nats.connection(), source, new ForeignReplies("orders-0", () -> now));

    @Test
    void waitsForTheStreamWhileOthersAnswer() {
        CompletableFuture<JetStreamReply> answer = inbox.request("orders.1", null, EMPTY, reply -> true);
        String reply = nats.last().reply();

        nats.answer(reply, "ok");
        nats.answer(reply, "{\"stream\":\"ORDERS\",\"domain\":\"leaf\",\"seq\":1}");
        assertThat(answer).isNotDone();

        nats.answer(reply, ACK);
        assertThat(answer).isCompletedWithValueMatching(JetStreamReply::isAck);
    }

    @Test
    void answersEachRequestForItself() {
        CompletableFuture<JetStreamReply> first = inbox.request("orders.1", null, EMPTY, reply -> true);
        CompletableFuture<JetStreamReply> second = inbox.request("orders.2", null, EMPTY, reply -> true);

        nats.answer(nats.last().reply(), ACK);

        assertThat(first).isNotDone();
        assertThat(second).isDone();
        assertThat(nats.subscribed).singleElement().asString().endsWith(".*");
    }

    @Test
    void logsForeignAnswersOnceAMinute() {
        try (Logged logged = Logged.begin()) {
            inbox.request("orders.1", null, EMPTY, reply -> true);
            nats.answer(nats.last().reply(), "ok");
            nats.answer(nats.last().reply(), "ok");
            assertThat(logged.lines("ignored an answer"))
                    .singleElement()
                    .asString()
                    .contains("orders-0", "subject orders.1", "stream ORDERS in domain hub");

            now += Duration.ofMinutes(1).toNanos();
            nats.answer(nats.last().reply(), "{\"stream\":\"ORDERS\",\"domain\":\"leaf\",\"seq\":1}");
            assertThat(logged.lines("ignored an answer"))
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains("stream ORDERS in domain leaf", "3 such answers");
        }
    }

    @Test
    void passesOnThatTheConnectionTakesNothing() {
        nats.refusal = new IllegalStateException("Output queue is full");

        assertThrown(IllegalStateException.class, () -> inbox.request("orders.1", null, EMPTY, reply -> true));
    }
}
