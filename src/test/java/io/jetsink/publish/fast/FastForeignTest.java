package io.jetsink.publish.fast;

import static io.jetsink.publish.fast.FastFixture.FLOW;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another stream or a service answers the messages of a batch. */
class FastForeignTest {
    private static final String HUB =
            "{\"stream\":\"ORDERS\",\"domain\":\"hub\",\"seq\":9,\"batch\":\"b\",\"count\":%d}";
    private static final String LEAF =
            "{\"stream\":\"ORDERS\",\"domain\":\"leaf\",\"seq\":9,\"batch\":\"b\",\"count\":%d}";

    private final FastFixture fast = new FastFixture();

    @BeforeEach
    void open() {
        fast.open(FastFixture.stream(), "hub", null);
    }

    /** Acks within a batch name neither stream nor domain; its end does. */
    @Test
    void endsTheFirstBatchOfAnEpochToKnowWhoAcks() {
        fast.started(0, 1, 2);
        fast.ack(2);
        assertThat(fast.told).isEmpty();
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.4.3.$FI");

        fast.answer(HUB.formatted(3));
        assertThat(fast.told).containsExactly("settled through 2");

        fast.started(3, 4, 5);
        fast.ack(2);
        assertThat(fast.told).endsWith("settled through 4");
    }

    @Test
    void believesNoAckWithinABatchWhileAnotherDomainAnswers() {
        fast.started(0, 1);
        fast.ack(2);
        fast.answer(LEAF.formatted(2));
        assertThat(fast.told).isEmpty();
        fast.answer(HUB.formatted(2));
        assertThat(fast.told).containsExactly("settled through 1");

        fast.started(2, 3);
        fast.ack(2);
        assertThat(fast.told).hasSize(1);
        assertThat(fast.nats.last().tail()).isEqualTo(FLOW + ".fail.3.3.$FI");
        fast.answer(LEAF.formatted(2));
        assertThat(fast.told).hasSize(1);
    }

    @Test
    void namesTheDomainThatAcksInThePlaceOfTheExpectedOne() {
        fast.started(0, 1);
        fast.ack(2);
        fast.answer(LEAF.formatted(2));
        assertThat(fast.publisher.ackedElsewhere()).hasMessageContaining("stream ORDERS in domain leaf");

        fast.pass(FastPublisher.END.plusMillis(1));
        fast.harvest();

        assertThat(fast.told).containsExactly("epoch failed");
        assertThat(fast.causes).singleElement().asString().contains("stream ORDERS in domain leaf");
    }

    @Test
    void ignoresWhatAServiceReplies() {
        fast.publish(0);
        fast.answer("ok");
        fast.answer("{\"error\":\"no stock\"}");
        fast.answer("{\"error\":{\"code\":404,\"description\":\"no stock\"}}");
        fast.answer("{\"stream\":\"OTHER\",\"domain\":\"hub\",\"seq\":1}");
        assertThat(fast.told).isEmpty();

        fast.start();
        fast.publish(1);
        fast.publisher.flush();
        fast.answer(HUB.formatted(2));

        assertThat(fast.told).containsExactly("settled through 1");
    }
}
