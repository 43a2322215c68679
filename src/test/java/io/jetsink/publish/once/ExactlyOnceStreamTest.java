package io.jetsink.publish.once;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.nats.stream.TargetStream;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource({
        ">, all.>",
        "offsets.>, moved.>",
        "offsets.*.*.*, moved.{{partition(4,1)}}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}",
        "*.orders.*.*, {{wildcard(1)}}.{{wildcard(3)}}.{{wildcard(2)}}",
        "offsets.orders.t.0, t.0"
    })
    void aTransformThatMovesMarkersIsRefused(String source, String destination) {
        assertThat(check(good().subjectTransform(new SubjectTransform(source, destination)))
                        .problem())
                .startsWith("stream ORDERS has a subject_transform from " + source + " to " + destination)
                .contains("offsets.orders.>")
                .endsWith(": limit the transform to the records' subjects");
    }

    @ParameterizedTest
    @CsvSource({
        "orders.*, stored.{{partition(4,1)}}.{{wildcard(1)}}",
        "orders.>, all.>",
        "offsets.other.>, moved.>",
        "offsets.orders.*, moved.*",
        ">, >"
    })
    void aTransformThatLeavesMarkersAloneIsFine(String source, String destination) {
        assertThat(check(good().subjectTransform(new SubjectTransform(source, destination)))
                        .problem())
                .isNull();
    }

    @Test
    void aTransformIsNamedBehindTheCommandForTheRest() {
        assertThat(check(good().allowRollup(false).subjectTransform(new SubjectTransform(">", "all.>")))
                        .problem())
                .endsWith(": nats stream edit ORDERS --allow-rollup; and limit the transform to the records' subjects");
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
