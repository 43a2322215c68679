package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.TargetStream;
import io.nats.client.api.StreamConfiguration;
import org.junit.jupiter.api.Test;

class ExactlyOnceStreamTest {
    private static final MarkerSubjects MARKERS = MarkerSubjects.inStream("offsets", "orders");

    @Test
    void aStreamWithWhatIsNeededIsFine() {
        ExactlyOnceStream stream = check(good());

        assertThat(stream.problem()).isNull();
    }

    @Test
    void everyProblemIsToldAtOnce() {
        assertThat(check(StreamConfiguration.builder()
                                .name("ORDERS")
                                .subjects("orders.>")
                                .maxAge(1_000))
                        .problem())
                .startsWith("stream ORDERS does not allow atomic batches, and ")
                .endsWith(": nats stream edit ORDERS --allow-batch --allow-rollup --max-age=10m"
                        + " --subjects='orders.>,offsets.orders.>'");
    }

    @Test
    void aStreamThatNeverAcksIsNone() {
        assertThat(check(good().noAck(true)).problem())
                .isEqualTo(
                        "stream ORDERS has no_ack, so nobody learns what it has stored: nats stream edit ORDERS --ack");
    }

    @Test
    void aStreamWhoseMessagesAreSmallerThanMarkersIsNone() {
        assertThat(check(good().maximumMessageSize(300)).problem())
                .isEqualTo("stream ORDERS has a max_msg_size of 300, which refuses markers: nats stream edit ORDERS"
                        + " --max-msg-size=-1");
        assertThat(check(good().maximumMessageSize(1_000)).problem()).isNull();
    }

    private static StreamConfiguration.Builder good() {
        return StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders.>", "offsets.>")
                .replicas(3)
                .allowAtomicPublish()
                .allowRollup(true);
    }

    private static ExactlyOnceStream check(StreamConfiguration.Builder stream) {
        return new ExactlyOnceStream(new TargetStream("ORDERS", stream.build(), "unused"), MARKERS);
    }
}
