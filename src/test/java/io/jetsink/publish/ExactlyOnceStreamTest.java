package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.TargetStream;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import org.junit.jupiter.api.Test;

class ExactlyOnceStreamTest {
    private static final MarkerSubjects MARKERS = MarkerSubjects.inStream("offsets", "orders");

    @Test
    void aReplicatedStreamWithoutLimitsIsFine() {
        ExactlyOnceStream stream = check(good());

        assertThat(stream.problem()).isNull();
        assertThat(stream.risks()).isEmpty();
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
    void limitsThatDropOldMessagesAreRisky() {
        assertThat(check(good().maxBytes(1_000)).risks())
                .singleElement()
                .asString()
                .contains("max_bytes");
        assertThat(check(good().maxMessages(1_000)).risks())
                .singleElement()
                .asString()
                .contains("max_msgs");
    }

    @Test
    void limitsThatHoldTheConnectorBackAreNot() {
        assertThat(check(good().maxBytes(1_000).discardPolicy(DiscardPolicy.New))
                        .risks())
                .isEmpty();
        // A marker is the only message of its subject.
        assertThat(check(good().maxMessagesPerSubject(1)).risks()).isEmpty();
    }

    @Test
    void memoryAndASingleReplicaAreRisky() {
        assertThat(check(good().storageType(StorageType.Memory).replicas(1)).risks())
                .hasSize(2)
                .anyMatch(risk -> risk.contains("memory"))
                .anyMatch(risk -> risk.contains("one replica"));
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
