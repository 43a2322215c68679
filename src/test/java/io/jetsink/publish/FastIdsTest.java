package io.jetsink.publish;

import static io.jetsink.publish.FastFixture.FLOW;
import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.impl.Headers;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Messages with ids: what the stream has already is told. Answers are those of nats-server 2.15.1. */
class FastIdsTest {
    private final FastFixture fast = new FastFixture();
    private final Partition partition = new Partition(new TopicPartition("orders", 0));

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
        Partition second = new Partition(new TopicPartition("orders", 1));
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

        assertThat(offer(2, new Partition(new TopicPartition("orders", 1)))).isFalse();

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

    private boolean offer(long position, Partition of) {
        Headers id = new Headers().put("Nats-Msg-Id", "any");
        return fast.publisher.publish(
                position, FastFixture.publication(new OutboundMessage("orders", id, new byte[1]), of));
    }
}
