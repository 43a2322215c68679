package io.jetsink.publish.fast;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.PublishSettings.PublishMode;
import io.jetsink.nats.stream.CachedStreamLookup;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.FakeConnection;
import io.jetsink.publish.ForeignReplies;
import io.jetsink.publish.Publisher;
import io.jetsink.support.Logged;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@code fast} and {@code auto} make of server, stream, and the epoch before. */
class FastIngestStrategyTest {
    private static final String CLASS = "io.jetsink.publish.fast.FastIngestStrategy";

    private final FastFixture fast = new FastFixture();
    private final FakeConnection nats = fast.nats;

    @Test
    void autoDoesWithoutWhenTheThirdLookUpStaysWithoutAnAnswer() throws Exception {
        FastIngestStrategy auto = mode(PublishMode.AUTO);
        for (int i = 0; i < 2; i++) {
            assertThrown(IOException.class, () -> auto.open(nats.connection()), "no response");
        }
        try (Logged log = Logged.of(CLASS)) {
            assertThat(auto.open(nats.connection())).isInstanceOf(AsyncPublisher.class);

            assertThat(nats.lookUps).isEqualTo(3);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("INFO ")
                    .contains("asynchronous publishes", "$JS.API.STREAM.INFO");
        }
        nats.stream = FastFixture.stream().build();
        assertThat(auto.open(nats.connection())).isInstanceOf(FastPublisher.class);
    }

    @Test
    void autoWaitsForAStreamThatWasThere() throws Exception {
        FastIngestStrategy auto = mode(PublishMode.AUTO);
        nats.stream = FastFixture.stream().build();
        auto.open(nats.connection());
        nats.stream = null;

        for (int i = 0; i < 10; i++) {
            assertThrown(IOException.class, () -> auto.open(nats.connection()));
        }
    }

    @Test
    void fastWaitsForAStreamThatIsNotLookedUp() {
        FastIngestStrategy always = mode(PublishMode.FAST);

        for (int i = 0; i < 10; i++) {
            assertThrown(IOException.class, () -> always.open(nats.connection()))
                    .isNotInstanceOf(MisconfiguredException.class);
        }
    }

    /** A plain ack came for the start of a batch. */
    @Test
    void autoDoesWithoutBehindAnOlderServerThatLeadsTheStream() throws Exception {
        nats.stream = FastFixture.stream().build();
        FastIngestStrategy auto = mode(PublishMode.AUTO);
        fast.publisher = (FastPublisher) auto.open(nats.connection());
        fast.publish(0);
        fast.answer("{\"stream\":\"ORDERS\", \"seq\":7}");
        int sent = nats.sent.size();
        try (Logged log = Logged.of(CLASS)) {
            Publisher next = auto.open(nats.connection());

            assertThat(next).isInstanceOf(AsyncPublisher.class);
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("the server that leads the stream does not support batches");
            // What it stored is known, and nothing is there to be ended.
            assertThat(nats.sent).hasSize(sent);
            // It may have been upgraded, or lead no more.
            assertThat(auto.open(nats.connection())).isInstanceOf(FastPublisher.class);
        }
    }

    @Test
    void fastTriesAgainBehindAnOlderServerThatLeadsTheStream() throws Exception {
        nats.stream = FastFixture.stream().build();
        FastIngestStrategy always = mode(PublishMode.FAST);
        fast.publisher = (FastPublisher) always.open(nats.connection());
        fast.publish(0);
        fast.answer("{\"stream\":\"ORDERS\", \"seq\":7}");

        assertThat(always.open(nats.connection())).isInstanceOf(FastPublisher.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"FAST", "AUTO"})
    void refusesAStreamThatNeverAcks(PublishMode mode) {
        nats.stream = FastFixture.stream().noAck(true).build();

        assertThrown(MisconfiguredException.class, () -> mode(mode).open(nats.connection()), "stream ORDERS has no_ack")
                .hasMessageEndingWith("nats stream edit ORDERS --ack");
    }

    /** A single server stores one message after the other. */
    @Test
    void knowsWhatASingleServerHasStoredWhenBatchesAreSwitchedOff() throws Exception {
        switchedOff(1, 1);

        assertThat(fast.told).containsExactly("settled through 0");
        assertThat(nats.sent).hasSize(3);
    }

    /** What the first replica had not yet proposed to the others may be lost. */
    @Test
    void leavesTheOutcomeOpenWhenTheStreamWasScaledUpByTheSameEdit() throws Exception {
        nats.server = end -> fast.error(end.reply(), 10205);
        switchedOff(1, 3);

        assertThat(fast.told).isEmpty();
        assertThat(fast.publisher.batch().hasOpenTail()).isTrue();
    }

    @Test
    void leavesTheOutcomeOpenWhenBatchesAreSwitchedOffInACluster() throws Exception {
        nats.server = end -> fast.error(end.reply(), 10205);
        switchedOff(3, 1);

        assertThat(fast.told).isEmpty();
        assertThat(fast.publisher.batch().hasOpenTail()).isTrue();
    }

    /** The second of three messages is refused; then the next epoch begins. */
    private void switchedOff(int replicasBefore, int replicasThen) throws Exception {
        FastIngestStrategy auto = mode(PublishMode.AUTO);
        nats.stream = FastFixture.stream().replicas(replicasBefore).build();
        fast.publisher = (FastPublisher) auto.open(nats.connection());
        var server = nats.server;
        nats.server = message -> {};
        fast.started(0, 1, 2);
        fast.error(nats.sent.get(1).reply(), 10205);
        assertThat(fast.told).containsExactly("epoch failed");
        fast.told.clear();
        nats.server = server;
        nats.stream = StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders")
                .replicas(replicasThen)
                .build();

        assertThat(auto.open(nats.connection())).isInstanceOf(AsyncPublisher.class);
        fast.harvest();
    }

    private FastIngestStrategy mode(PublishMode mode) {
        JetStreamSettings jetStream = new JetStreamSettings(null, null, "ORDERS", null);
        return new FastIngestStrategy(
                "task",
                FastFixture.settings(mode),
                new CachedStreamLookup(jetStream, List.of("orders")),
                connection -> FastFixture.async(connection),
                new ForeignReplies("task", fast::nanoTime),
                fast.rate,
                fast::nanoTime);
    }
}
