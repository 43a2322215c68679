package io.jetsink.publish.fast;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.stream.AckSource;
import io.jetsink.publish.FakeConnection;
import io.jetsink.publish.ForeignReplies;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers are those of nats-server 2.15.1. */
class OrphanedBatchTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final FakeConnection nats = new FakeConnection();
    private final FastBatch batch = new FastBatch("_INBOX.", "id", 100, FastBatch.newPositions(100), System::nanoTime);

    @BeforeEach
    void sendThree() {
        for (int position = 10; position < 13; position++) {
            batch.sent(position, "orders." + position);
        }
    }

    @Test
    void endsTheBatchUnderItsInbox() throws Exception {
        batch.acked(0);
        nats.server = end -> {
            assertThat(nats.subscribed).containsExactly("_INBOX.id.>");
            nats.answer(end.reply(), "{\"stream\":\"ORDERS\",\"seq\":9,\"batch\":\"id\",\"count\":2}");
        };

        assertThat(end(LONG)).isTrue();

        assertThat(nats.subscribed).isEmpty();
        assertThat(nats.sent).containsExactly(new FakeConnection.Sent("orders.10", "_INBOX.id.25.fail.4.3.$FI", 0));
        assertThat(batch.storedCount()).isEqualTo(2);
    }

    /** While proposals are pending, the answer goes where that of the last stored message goes. */
    @Test
    void takesTheAnswerOnAnOlderReplySubject() throws Exception {
        batch.acked(0);
        nats.server = end -> {
            nats.answer("_INBOX.id.25.fail.2.1.$FI", "{\"type\":\"ack\",\"seq\":1,\"msgs\":25}");
            nats.answer("_INBOX.id.25.fail.4.3.$FI", "{\"type\":\"gap\",\"last_seq\":3,\"seq\":4}");
            nats.answer("_INBOX.id.25.fail.2.1.$FI", "{\"stream\":\"ORDERS\",\"seq\":9,\"batch\":\"id\",\"count\":2}");
        };

        assertThat(end(LONG)).isTrue();

        assertThat(batch.storedCount()).isEqualTo(2);
    }

    /** A message of the old connection that comes late is refused or finds nobody; that says nothing about the end. */
    @Test
    void ignoresAnswersToTheMessagesOfTheBatchAndToOtherBatches() throws Exception {
        batch.acked(0);
        nats.server = end -> {
            nats.status("_INBOX.id.25.fail.3.1.$FI", 503, "no");
            nats.error("_INBOX.id.25.fail.3.1.$FI", 10208);
            nats.error("_INBOX.id.other.25.fail.4.3.$FI", 10208);
            nats.answer("_INBOX.id.x", "?");
            nats.answer(end.reply(), "{\"stream\":\"ORDERS\",\"seq\":9,\"batch\":\"id\",\"count\":3}");
        };

        assertThat(end(LONG)).isTrue();

        assertThat(nats.sent).hasSize(1);
        assertThat(batch.storedCount()).isEqualTo(3);
    }

    @Test
    void keepsTheIdOfABatchThatNeverBegan() throws Exception {
        nats.server = end -> nats.error(end.reply(), 10208);

        assertThat(end(LONG)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {10208, 10205})
    void leavesTheOutcomeOpenIfTheServerHasForgottenTheBatch(int code) throws Exception {
        batch.acked(0);
        nats.server = end -> nats.error(end.reply(), code);

        assertThat(end(LONG)).isTrue();

        assertThat(batch.storedCount()).isEqualTo(-1);
    }

    @Test
    void endsAgainWhatNobodyTook() throws Exception {
        batch.acked(0);
        AtomicInteger ends = new AtomicInteger();
        nats.server = end -> {
            switch (ends.incrementAndGet()) {
                case 1 -> nats.status(end.reply(), 503, "no");
                case 2 -> nats.error(end.reply(), 10023);
                default -> nats.answer(end.reply(), "{\"stream\":\"ORDERS\",\"seq\":0,\"batch\":\"id\",\"count\":0}");
            }
        };

        assertThat(end(LONG)).isTrue();

        assertThat(ends).hasValue(3);
        assertThat(batch.storedCount()).isEqualTo(0);
    }

    @Test
    void failsWithoutAnAnswer() {
        batch.acked(0);

        assertThrown(IOException.class, () -> end(SHORT)).hasMessageContaining("50 ms");
        assertThat(batch.hasOpenTail()).isTrue();
    }

    @Test
    void failsWithWhatTheServerSaysAsLongAsItTakesNoEnd() {
        batch.acked(0);
        nats.server = end -> nats.error(end.reply(), 10023);

        assertThrown(IOException.class, () -> end(SHORT))
                .hasMessage("no end of a batch accepted in 50 ms")
                .hasRootCauseMessage("no [10023]");
    }

    private boolean end(Duration patience) throws Exception {
        return OrphanedBatch.end(
                nats.connection(),
                batch,
                new AckSource("ORDERS", null),
                new ForeignReplies("task", System::nanoTime),
                patience);
    }
}
