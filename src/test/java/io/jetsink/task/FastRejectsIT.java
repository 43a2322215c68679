package io.jetsink.task;

import static io.jetsink.task.FastRig.POLL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records that the stream does not take, and a stream that is edited meanwhile. */
class FastRejectsIT {
    @RegisterExtension
    final FastRig rig = new FastRig();

    @Test
    void rejectsInOrderWhatTheStreamRefusesInTheMiddleOfABatch() throws Exception {
        rig.single();
        rig.start("publish.mode", "fast");
        rig.feed(10 * POLL);
        rig.update(rig.stream().maximumMessageSize(1_000).allowBatched());
        List<Integer> large = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            rig.feed(3 * POLL);
            large.add((int) rig.worker.consumed());
            rig.worker.offerLarge(2_000);
        }
        rig.feed(3 * POLL);
        rig.worker.drain();

        assertThat(rig.worker.rejected).hasSize(3);
        for (int i = 0; i < 3; i++) {
            // The limit as it was at the beginning would let them pass: it is the server that refuses them.
            assertThat(rig.worker.rejected.get(i))
                    .startsWith(large.get(i) + ": ")
                    .contains("10054");
        }
        assertThat(rig.logged.lines("no working link")).isEmpty();
        assertThat(rig.sequences())
                .containsExactlyElementsOf(LongStream.range(0, rig.worker.consumed())
                        .filter(number -> !large.contains((int) number))
                        .boxed()
                        .toList());
    }

    /** Without a new connection, and so without another look at the stream than the one that decides. */
    @ParameterizedTest
    @CsvSource({"at-least-once, fast, 0", "exactly-once, auto, 1"})
    void takesWhatTheStreamTakesSinceItsLimitWasRaised(String guarantee, String mode, int markers) throws Exception {
        rig.single();
        rig.update(rig.anyMode().maximumMessageSize(1_000));
        rig.start("delivery.guarantee", guarantee, "publish.mode", mode);
        rig.feed(POLL);
        rig.worker.offerLarge(2_000);
        rig.feed(POLL);
        rig.worker.drain();
        assertThat(rig.worker.rejected)
                .singleElement()
                .asString()
                .startsWith(POLL + ": ")
                .contains("max_msg_size");

        rig.update(rig.anyMode().maximumMessageSize(3_000));
        rig.worker.offerLarge(2_000);
        rig.feed(POLL);
        rig.worker.offerLarge(3_001);
        rig.worker.drain();

        assertThat(rig.worker.rejected).hasSize(2);
        assertThat(rig.worker.rejected.get(1)).contains("takes 3000");
        assertThat(rig.stored()).isEqualTo(rig.worker.consumed() - 2 + markers);
        assertThat(rig.logged.lines("no working link")).isEmpty();
    }
}
