package io.jetsink.delivery;

import static io.jetsink.delivery.PipelineFixture.ACK_TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.delivery.PipelineFixture.Options;
import io.jetsink.publish.LinkRate;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Links on which bytes need time, and links on which an answer does. */
class SinkPipelineThinLinkTest {
    private static final int MANY = 4_000;
    private static final Options WIDE = Options.DEFAULT.window(MANY).maxBytes(32 << 20);

    private final LinkRate rate = new LinkRate(WIDE.maxBytes(), MANY, MANY);
    private final PipelineFixture task = new PipelineFixture(WIDE, rate);

    /** A single record of 7 s must neither be probed to death nor given up while it is on its way. */
    @Test
    void addsTheTimeOfWhatIsInFlightToItsPatience() throws InterruptedException {
        FakePublisher publisher = task.connect();
        task.put("x".repeat(900_000));
        Duration transit = rate.transit(900_000);
        assertThat(transit).isBetween(Duration.ofSeconds(7), Duration.ofSeconds(15));

        task.clock.advance(transit.plus(ACK_TIMEOUT).minusMillis(1));
        task.put();
        assertThat(task.link.probed).isEmpty();
        task.clock.advance(Duration.ofMillis(2));
        task.put();
        assertThat(task.link.probed).containsExactly(publisher);
        assertThat(task.link.ahead)
                .singleElement()
                .satisfies(ahead -> assertThat(ahead).isBetween(transit, transit.plusMillis(1)));

        task.clock.advance(ACK_TIMEOUT.multipliedBy(2).minusMillis(4));
        task.put();
        assertThat(task.link.givenUp).isEmpty();
        task.clock.advance(Duration.ofMillis(4));
        task.put();
        assertThat(task.link.givenUp).hasSize(1);
    }

    @Test
    void queuesNoMoreThanTheLinkIsExpectedToCarrySoon() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();

        task.put(records(1_000));

        assertThat(publisher.sent().size()).isBetween(200, 280);
        assertThat(task.context.paused()).isNotEmpty();
    }

    @Test
    void sendsARecordThatIsLargerThanTheWindowAlone() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        String large = "x".repeat(900_000);

        task.put(large, large + "2");
        assertThat(publisher.sent()).containsExactly("proof", large);

        publisher.ack(large);
        task.put();
        assertThat(publisher.sent()).containsExactly("proof", large, large + "2");
    }

    @Test
    void opensItsWindowWithAcksThatAreInTime() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.whileWaiting(nanos -> {
            task.clock.advance(Duration.ofMillis(10));
            publisher.ackAll();
        });

        task.put(records(3_000));

        assertThat(publisher.sent()).hasSize(3_001);
        assertThat(rate.window()).isGreaterThan(1 << 20);
    }

    @Test
    void narrowsItsWindowWhenAcksAreLate() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        publisher.whileWaiting(nanos -> task.clock.advance(Duration.ofMillis(500)));
        task.put(records(300));
        for (int i = 0; i < 4; i++) {
            task.clock.advance(Duration.ofMillis(50));
            task.put();
        }

        publisher.ackAll();
        task.put();

        assertThat(rate.window()).isLessThanOrEqualTo(128 << 10);
        assertThat(task.link.givenUp).isEmpty();
    }

    /** The task did not run for a while, so the ack may have arrived long before. */
    @Test
    void doesNotBlameTheLinkForTimeThatConnectNeeds() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        long before = rate.window();
        task.put(records(150));
        task.clock.advance(Duration.ofSeconds(30));
        publisher.ackAll();

        task.put();

        assertThat(rate.window()).isEqualTo(before);
    }

    /** A commit finds the link slow, and not standing still. */
    @Test
    void awaitsACommitOnALinkThatIsOnlyThin() throws InterruptedException {
        FakePublisher publisher = task.connectAndProve();
        task.put("x".repeat(60_000));
        task.clock.advance(Duration.ofMillis(1_000));
        publisher.whileWaiting(nanos -> publisher.ackAll());

        assertThat(task.committable()).isEqualTo(2);
    }

    @Test
    void takesTheAnswerThatOpensTheWindowForProgress() throws InterruptedException {
        FakePublisher publisher = task.connect();
        task.put("a");
        task.clock.advance(Duration.ofMillis(400));

        publisher.open();
        task.put("b", "c");
        assertThat(publisher.sent()).containsExactly("a", "b", "c");
        assertThat(publisher.flushes()).isZero();

        task.clock.advance(Duration.ofMillis(799));
        task.put("d");
        assertThat(publisher.flushes()).isZero();
        task.clock.advance(Duration.ofMillis(10));
        task.put("e");
        assertThat(publisher.flushes()).isEqualTo(1);
    }

    private static String[] records(int count) {
        return IntStream.range(0, count).mapToObj(i -> i + "x".repeat(1_000)).toArray(String[]::new);
    }
}
