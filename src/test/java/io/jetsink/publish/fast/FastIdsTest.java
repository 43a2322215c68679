package io.jetsink.publish.fast;

import static io.jetsink.publish.fast.FastFixture.FLOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.OutboundMessage;
import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.FakeConnection;
import io.jetsink.publish.Pending;
import io.nats.client.impl.Headers;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Messages with ids: what the stream has already is told. Answers are those of nats-server 2.15.1. */
class FastIdsTest {
    private static final String STORED = "{\"stream\":\"ORDERS\",\"seq\":9,\"batch\":\"b\",\"count\":1}";
    private final FastFixture fast = new FastFixture();
    private final AssignedPartition partition = new AssignedPartition("task-0", new TopicPartition("orders", 0));
    private final AssignedPartition second = new AssignedPartition("task-0", new TopicPartition("orders", 1));

    @Test
    void sendsTheFirstMessageOfItsIdsOnItsOwn() {
        assertThat(offer(7, partition)).isTrue();
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.2.$FI");
        String first = fast.nats.last().batch();
        assertThat(offer(8, partition)).isFalse();

        fast.answer("{\"stream\":\"ORDERS\",\"seq\":9,\"duplicate\": true,\"batch\":\"b\",\"count\":1}");

        assertThat(fast.told).startsWith("duplicate 7");
        assertThat(fast.causes).isEmpty();
        assertThat(offer(8, partition)).isTrue();
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.0.$FI");
        assertThat(fast.nats.last().batch()).isNotEqualTo(first);
        fast.start();
        assertThat(offer(9, partition)).isTrue();
        fast.ack(2);
        assertThat(fast.told).endsWith("settled through 9");
    }

    @Test
    void endsTheBatchBeforeTheFirstMessageOfAnotherPartition() {
        assertThat(offer(0, partition)).isTrue();
        fast.end(1);
        assertThat(fast.told).containsExactly("settled through 0");
        assertThat(offer(1, partition)).isTrue();
        fast.start();

        assertThat(offer(2, second)).isFalse();
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.2.3.$FI");
        fast.end(1);
        assertThat(offer(2, second)).isTrue();

        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.1.2.$FI");
        assertThat(fast.nats.sent).hasSize(4);
    }

    /** All of it is acked, and yet there is an answer to wait for. */
    @Test
    void waitsForTheEndOfTheBatchBefore() throws Exception {
        assertThat(offer(0, partition)).isTrue();
        fast.end(1);
        assertThat(offer(1, partition)).isTrue();
        fast.start();
        fast.ack(1);

        assertThat(offer(2, second)).isFalse();

        assertThat(fast.publisher.await(2, TimeUnit.MILLISECONDS.toNanos(1))).isTrue();
    }

    @Test
    void tellsABatchOfWhichNothingWasStored() {
        assertThat(offer(0, partition)).isTrue();
        fast.end(1);
        fast.told.clear();
        assertThat(offer(1, partition)).isTrue();
        fast.start();
        for (int i = 2; i < 5; i++) {
            assertThat(offer(i, partition)).isTrue();
        }
        fast.ack(2);
        fast.publisher.flush();

        fast.answer("{\"stream\":\"ORDERS\",\"seq\":0,\"batch\":\"b\",\"count\":4}");

        assertThat(fast.told).containsExactly("settled through 2", "duplicate 3", "duplicate 4", "settled through 4");
    }

    /** Somebody else says so. */
    @Test
    void believesInNoDuplicatesOfMessagesWithoutIds() {
        fast.started(0, 1, 2, 3);
        fast.publisher.flush();

        fast.answer("{\"stream\":\"ORDERS\",\"seq\":0,\"batch\":\"b\",\"count\":4}");
        fast.answer("{\"stream\":\"ORDERS\",\"seq\":5,\"batch\":\"b\",\"count\":5}");
        fast.answer("{\"type\":\"ack\",\"seq\":5,\"msgs\":10}");

        assertThat(fast.told).isEmpty();
    }

    @Test
    void asksAboutFurtherPartitionsMeanwhile() {
        AssignedPartition third = new AssignedPartition("task-0", new TopicPartition("orders", 2));
        assertThat(fast.publisher.ahead()).as("as long as no message has an id").isZero();
        assertThat(offer(0, partition)).isTrue();
        assertThat(fast.publisher.ahead()).isPositive();
        assertThat(ahead(10, second)).isTrue();
        assertThat(ahead(20, third)).isTrue();
        assertThat(second.wasSentWithId()).isTrue();
        assertThat(fast.nats.sent)
                .hasSize(3)
                .extracting(FakeConnection.Sent::batch)
                .doesNotHaveDuplicates();
        assertThat(fast.nats.sent).allSatisfy(sent -> assertThat(sent.tail()).endsWith(".fail.1.2.$FI"));
        assertThat(offer(10, second)).as("its turn, before the answer").isFalse();

        answer(2, "{\"stream\":\"ORDERS\",\"seq\":9,\"duplicate\":true,\"batch\":\"b\",\"count\":1}");
        answer(1, STORED);
        answer(0, STORED);

        assertThat(fast.told).containsExactly("duplicate 20", "settled 10", "settled through 0");
        assertThat(offer(11, second)).isTrue();
        assertThat(fast.nats.last().tail()).endsWith(".fail.1.0.$FI");
    }

    @Test
    void leavesARefusedOneToItsTurn() {
        assertThat(offer(0, partition)).isTrue();
        answer(0, STORED);
        assertThat(ahead(10, second)).isTrue();

        fast.error(fast.nats.sent.get(1).reply(), 10054);

        assertThat(fast.told).containsExactly("settled through 0");
        assertThat(second.wasSentWithId()).isFalse();
        assertThat(ahead(11, second)).as("overtaking it").isFalse();
        assertThat(offer(10, second)).isTrue();
        assertThat(fast.nats.last().tail()).endsWith(".fail.1.2.$FI");
    }

    @Test
    void failsWhenOneOfThemIsNotAnswered() {
        assertThat(offer(0, partition)).isTrue();
        answer(0, STORED);
        assertThat(ahead(10, second)).isTrue();

        fast.pass(FastPublisher.FLUSH_AFTER.plusMillis(1));
        fast.harvest();

        assertThat(fast.told).endsWith("epoch failed");
    }

    @Test
    void sendsNothingAheadThatIsNoFirstMessageWithAnId() {
        assertThat(offer(0, partition)).isTrue();
        assertThat(ahead(10, partition)).isFalse();
        assertThat(fast.publisher.publishAhead(
                        10, Pending.of(new OutboundMessage("orders", null, new byte[1]), second)))
                .isFalse();
        assertThat(fast.publisher.publishAhead(10, identified(1001, second))).isFalse();
        for (int more = 0; fast.publisher.ahead() > 0; more++) {
            assertThat(ahead(20 + more, new AssignedPartition("task-0", new TopicPartition("more", more))))
                    .isTrue();
        }
        assertThat(fast.nats.sent).hasSize(33);
    }

    private void answer(int nth, String json) {
        fast.nats.answer(fast.nats.sent.get(nth).reply(), json);
        fast.harvest();
    }

    private boolean ahead(long position, AssignedPartition of) {
        return fast.publisher.publishAhead(position, identified(1, of));
    }

    private boolean offer(long position, AssignedPartition of) {
        return fast.publisher.publish(position, identified(1, of));
    }

    private static Pending identified(int size, AssignedPartition of) {
        Headers id = new Headers().put("Nats-Msg-Id", "any");
        return Pending.of(new OutboundMessage("orders", id, new byte[size]), of);
    }
}
