package io.jetsink.task;

import static io.jetsink.task.LinkRig.PATIENCE;
import static io.jetsink.task.LinkRig.STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.nats.NatsServer;
import io.nats.client.api.StreamConfiguration;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records that server or stream do not take, or that another stream takes. */
class LinkRejectsIT {
    private final LinkRig rig = new LinkRig();

    @AfterEach
    void stop() {
        rig.close();
    }

    @Test
    void failsWhenAnotherStreamTakesTheMessages() throws Exception {
        try (NatsServer nats = NatsServer.start();
                LinkRig rig = new LinkRig(Impatient.GRACE)) {
            LinkRig.create(nats, StreamConfiguration.builder().name("elsewhere").subjects(STREAM));
            LinkRig.create(nats, StreamConfiguration.builder().name(STREAM).subjects("others"));
            FakeWorker worker = rig.start(nats.url(), Map.of());

            assertThatThrownBy(() -> {
                        worker.offer(100);
                        worker.until("a failure", PATIENCE, () -> false);
                    })
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("stream elsewhere")
                    .hasMessageContaining("stream " + STREAM)
                    .hasMessageContaining("jetstream.stream")
                    .hasMessageContaining("subject");
            assertThat(worker.committable()).isZero();
        }
    }

    @Test
    void rejectsWhatIsLargerThanTheServerTakes() throws Exception {
        try (NatsServer nats = NatsServer.builder().config("max_payload: 4096").start()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), Map.of());
            worker.offer(10);
            worker.offerLarge(4_097);
            worker.offerLarge(4_096);
            worker.offer(10);
            worker.drain();

            assertThat(worker.rejected)
                    .singleElement()
                    .satisfies(reason -> assertThat(reason)
                            .startsWith("10: ")
                            .contains("4097")
                            .contains("max_payload"));
            assertThat(LinkRig.sequences(nats)).containsExactlyElementsOf(LinkRig.numbers(worker, 10, 11));
            assertThat(LinkRig.stored(nats)).isEqualTo(21);
        }
    }

    /** Hundred megabytes, as a broker may be set to allow. What is refused is not copied before. */
    @Test
    void aHugeValueIsRejectedWithoutACopyOfIt() throws Exception {
        int huge = 100_000_000;
        try (NatsServer nats = NatsServer.start()) {
            LinkRig.create(nats, LinkRig.stream());
            FakeWorker worker = rig.start(nats.url(), Map.of());
            worker.offer(10);
            worker.drain();
            long before = allocated();
            worker.offerLarge(huge);
            worker.offer(10);
            worker.drain();

            // The value itself; a copy would be as much again.
            assertThat(allocated() - before).isBetween((long) huge, 2L * huge - 1);
            assertThat(worker.rejected)
                    .singleElement()
                    .satisfies(reason -> assertThat(reason).startsWith("10: ").contains("max_payload"));
            assertThat(LinkRig.stored(nats)).isEqualTo(20);
        }
    }

    @Test
    void rejectsInOrderWhatTheStreamRefuses() throws Exception {
        try (NatsServer nats = NatsServer.start()) {
            LinkRig.create(nats, LinkRig.stream().maximumMessageSize(1_000));
            FakeWorker worker = rig.start(nats.url(), Map.of());
            for (int i = 0; i < 10; i++) {
                worker.offer(99);
                worker.offerLarge(2_000);
            }
            worker.drain();

            assertThat(worker.rejected).hasSize(10);
            for (int i = 0; i < 10; i++) {
                assertThat(worker.rejected.get(i))
                        .startsWith(i * 100 + 99 + ": ")
                        .contains("the server refused the message")
                        .contains("10054");
            }
            assertThat(LinkRig.sequences(nats))
                    .containsExactlyElementsOf(LinkRig.numbers(
                            worker,
                            IntStream.range(0, 10).map(i -> i * 100 + 99).toArray()));
        }
    }

    /** Bytes that this thread, which is the task's, has allocated so far. */
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
