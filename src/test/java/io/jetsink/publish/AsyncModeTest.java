package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.config.JetStreamSettings;
import io.nats.client.api.StreamConfiguration;
import org.junit.jupiter.api.Test;

class AsyncModeTest {
    private final FakeConnection nats = new FakeConnection();
    private final AsyncMode async = new AsyncMode(new JetStreamSettings(null, null, "ORDERS", null), 4, false);

    @Test
    void refusesAStreamThatNeverAcks() {
        nats.stream = stream().noAck(true).build();

        assertThatThrownBy(() -> async.open(nats.connection(), null))
                .isInstanceOf(MistakeException.class)
                .hasMessage(
                        "stream ORDERS has no_ack, so nobody learns what it has stored: nats stream edit ORDERS --ack");
    }

    /** The user need not be allowed to look. */
    @Test
    void doesWithoutALookThatIsNotAnswered() throws Exception {
        Publisher publisher = async.open(nats.connection(), null);

        assertThat(publisher).isInstanceOf(AsyncPublisher.class);
        assertThat(nats.lookUps).isEqualTo(1);
    }

    @Test
    void looksNoMoreWhenThreeLooksWereNotAnswered() throws Exception {
        Publisher before = null;
        for (int i = 0; i < 10; i++) {
            before = async.open(nats.connection(), before);
        }

        assertThat(nats.lookUps).isEqualTo(3);
    }

    /** It may have been edited: that would explain why nothing was acked. */
    @Test
    void looksAgainWhenNothingWasAcked() throws Exception {
        nats.stream = stream().build();
        Publisher before = async.open(nats.connection(), null);
        nats.stream = stream().noAck(true).build();

        assertThatThrownBy(() -> async.open(nats.connection(), before)).isInstanceOf(MistakeException.class);
    }

    @Test
    void asksNothingBehindAnEpochInWhichSomethingWasAcked() throws Exception {
        nats.stream = stream().build();
        Publisher before = async.open(nats.connection(), null);
        before.publish(0, FastFixture.message("orders", "m"));
        before.harvest(new FastFixture());

        async.open(nats.connection(), before);

        assertThat(nats.lookUps).isEqualTo(1);
    }

    @Test
    void asksNothingWithoutANamedStream() throws Exception {
        new AsyncMode(new JetStreamSettings(null, null, null, null), 4, false).open(nats.connection(), null);

        assertThat(nats.lookUps).isZero();
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder().name("ORDERS").subjects("orders");
    }
}
