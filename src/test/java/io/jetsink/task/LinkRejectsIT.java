package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.api.StreamConfiguration;
import java.lang.management.ManagementFactory;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Records that server or stream do not take, or that another stream takes. */
class LinkRejectsIT {
    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("orders").with("errors.tolerance", "all");

    @Test
    void failsWhenAnotherStreamTakesTheMessages() throws Exception {
        rig.impatient().serve("");
        rig.create(StreamConfiguration.builder().name("elsewhere").subjects(rig.name));
        rig.create(rig.stream("others"));
        FakeWorker worker = rig.start();

        assertThat(worker.failure(100)).contains("stream elsewhere", "stream orders", "jetstream.stream", "subject");
        assertThat(worker.committable()).isZero();
    }

    @Test
    void rejectsWhatIsLargerThanTheServerTakes() throws Exception {
        FakeWorker worker = start("max_payload: 4096", UnaryOperator.identity());
        worker.offer(10);
        worker.offerLarge(4_097);
        worker.offerLarge(4_096);
        worker.offer(10);
        worker.drain();

        assertThat(worker.rejected)
                .singleElement()
                .satisfies(reason -> assertThat(reason).startsWith("10: ").contains("4097", "max_payload"));
        assertThat(rig.sequences()).containsExactlyElementsOf(rig.numbers(10, 11));
        assertThat(rig.stored()).isEqualTo(21);
    }

    /** Hundred megabytes, as a broker may be set to allow. What is refused is not copied before. */
    @Test
    void aHugeValueIsRejectedWithoutACopyOfIt() throws Exception {
        int huge = 100_000_000;
        FakeWorker worker = start("", UnaryOperator.identity());
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
        assertThat(rig.stored()).isEqualTo(20);
    }

    @Test
    void rejectsInOrderWhatTheStreamRefuses() throws Exception {
        FakeWorker worker = start("", stream -> stream.maximumMessageSize(1_000));
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
        assertThat(rig.sequences())
                .containsExactlyElementsOf(rig.numbers(
                        IntStream.range(0, 10).mapToObj(i -> i * 100 + 99).toArray(Integer[]::new)));
    }

    private FakeWorker start(String server, UnaryOperator<StreamConfiguration.Builder> change) {
        rig.serve(server);
        rig.create(change.apply(rig.stream()));
        return rig.start();
    }

    /** Bytes that this thread, which is the task's, has allocated so far. */
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }
}
