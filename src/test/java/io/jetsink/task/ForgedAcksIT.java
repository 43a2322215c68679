package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Connection;
import io.nats.client.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Somebody who may publish into the connector's inbox answers its messages in the place of the stream, which is made to take
 * them no more. No offset moves by that.
 */
class ForgedAcksIT {
    private static final int BEFORE = 10;
    private static final List<String> FORGERIES = List.of(
            "{'stream':'OTHER','seq':11}",
            "{'stream':'OTHER','seq':12,'batch':'$B','count':10}",
            "{'stream':'$S','seq':0}",
            "{'stream':'$S','seq':0,'batch':'$B','count':10}",
            "{'stream':'$S','seq':9223372036854775807}",
            "{'stream':'$S','seq':9223372036854775807,'batch':'$B','count':10}",
            "{'stream':'$S','seq':18446744073709551615}",
            "{'stream':'$S','seq':11,'duplicate':true}",
            "{'stream':'$S','seq':11,'duplicate':true,'batch':'$B','count':10}",
            "{'type':'ack','seq':1000000,'msgs':10}",
            "+OK",
            "");
    private static final AtomicInteger STREAMS = new AtomicInteger();
    private final AtomicInteger forged = new AtomicInteger();
    private final String stream = "orders" + STREAMS.incrementAndGet();

    @RegisterExtension
    final TaskRig rig = TaskRig.shared(stream)
            .with("topics", "in", "subject", stream + ".records", "exactly.once.marker.prefix", stream + ".markers")
            .with("publish.ack.timeout.ms", "300");

    static Stream<Arguments> forgeries() {
        return Stream.of("async", "fast", "exactly-once")
                .flatMap(mode -> FORGERIES.stream().map(forgery -> Arguments.of(mode, forgery)));
    }

    @ParameterizedTest
    @MethodSource("forgeries")
    void moveNoOffset(String mode, String forgery) throws Exception {
        FakeWorker worker = begin(mode);
        boolean failed = isStoppedBy(worker, forgery);

        assertThat(forged).hasPositiveValue();
        assertThat(rig.stored()).isEqualTo(mode.equals("exactly-once") ? BEFORE + 1 : BEFORE);
        if (!failed) {
            rig.update(rig.anyMode(stream + ".>"));
            worker.drain();
            rig.report().assertClean();
        }
    }

    /** The control: an ack that is right in all it says cannot be told from the server's. Hence inboxes of one's own. */
    @Test
    void areBelievedIfNothingIsWrongWithThem() throws Exception {
        FakeWorker worker = begin("async");
        try (Connection connection = rig.connect()) {
            forge(connection, "{'stream':'$S','seq':11}");
            worker.offer(BEFORE);
            worker.drain();
        }

        assertThat(rig.stored()).isEqualTo(BEFORE);
        assertThat(rig.logged.lines("no working link")).isEmpty();
    }

    private FakeWorker begin(String mode) {
        rig.create(rig.anyMode(stream + ".>"));
        return rig.start("mode", mode).settle(BEFORE);
    }

    /** Offers records that only the forger answers, until an epoch ends by it. */
    private boolean isStoppedBy(FakeWorker worker, String forgery) throws Exception {
        try (Connection connection = rig.connect()) {
            forge(connection, forgery);
            worker.offer(BEFORE);
            worker.until("the epoch to end", TaskRig.PATIENCE, () -> {
                assertThat(worker.committable()).isEqualTo(BEFORE);
                return forged.get() > 0 && !rig.logged.lines("no working link").isEmpty();
            });
            return false;
        } catch (ConnectException stopped) {
            assertThat(stopped).hasMessageContaining("'OTHER'");
            assertThat(worker.committable()).isEqualTo(BEFORE);
            return true;
        }
    }

    /** Takes the subjects from the stream and answers in its place. */
    private void forge(Connection connection, String forgery) throws Exception {
        rig.update(rig.anyMode(stream + "-elsewhere.>"));
        connection
                .createDispatcher(message -> {
                    if (message.getReplyTo() != null) {
                        connection.publish(message.getReplyTo(), answer(message, forgery));
                        forged.incrementAndGet();
                    }
                })
                .subscribe(stream + ".>");
        connection.flush(TaskRig.PATIENCE);
    }

    private byte[] answer(Message message, String forgery) {
        String batch = message.hasHeaders() ? message.getHeaders().getFirst("Nats-Batch-Id") : null;
        return forgery.replace('\'', '"')
                .replace("$S", stream)
                .replace("$B", batch == null ? "batch" : batch)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
