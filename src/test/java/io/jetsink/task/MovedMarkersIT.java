package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exactly-once where the server stores messages under other subjects than they are sent to. */
class MovedMarkersIT {
    @RegisterExtension
    final TaskRig rig = new TaskRig("once").with("mode", "exactly-once");

    @Test
    void aTransformThatMovesMarkersIsRefusedAtStart() throws Exception {
        rig.create(stream().subjectTransform(new SubjectTransform(">", "all.>")));

        assertThat(rig.impatient().start().failure(500))
                .contains("subject_transform from > to all.>", "limit the transform to the records' subjects");
        assertThat(rig.stored()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"once", "once.>"})
    void aTransformOfRecordsWorksAlsoOverARestart(String source) throws Exception {
        boolean one = source.equals(rig.name);
        rig.create(stream().subjectTransform(new SubjectTransform(source, one ? "stored" : "stored.>")));
        rig.with("subject", one ? "" : "once.${partition}");
        FakeWorker worker = rig.start().settle(1_000);
        worker.stop();
        rig.startAt(400).settle(1_600);

        rig.report().assertClean();
    }

    @Test
    void aTransformThatIsAddedUnderARunningTaskIsNamedAndStoresNothingTwice() throws Exception {
        rig.create(stream());
        FakeWorker worker = rig.start().settle(1_000);
        rig.update(stream().subjectTransform(new SubjectTransform(">", "all.>")));
        worker.offer(500);
        rig.untilLogged("limit the transform to the records' subjects");
        assertThat(worker.committable()).isEqualTo(1_000);
        assertThat(rig.logged.lines("too many inflight")).isEmpty();

        rig.update(stream());
        worker.settle(500);
        rig.report().assertClean();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"jetsink.offsets.>\": \"jetsink.moved.>\"",
                "\"jetsink.offsets.*.*.*\": \"jetsink.moved.{{partition(3,2)}}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}\"",
                "\"jetsink.offsets.>\": [ { destination: \"jetsink.moved.>\", weight: 100% } ]"
            })
    void aMappingOfMarkersFailsTheTaskBeforeItStoresAnything(String mapping) throws Exception {
        rig.nats.reload("mappings { " + mapping + " }");
        rig.create(stream());

        assertThat(rig.start().failure(500))
                .contains("once-0", "jetsink.offsets.once.once.0", "mappings of the NATS account");
        assertThat(rig.tally().entries()).isEmpty();
    }

    @Test
    void aMappingThatIsAddedUnderARunningTaskIsNamedAndStoresNothingTwice() throws Exception {
        rig.create(stream());
        FakeWorker worker = rig.start().settle(1_000);
        rig.nats.reload("mappings { \"jetsink.offsets.>\": \"jetsink.moved.>\" }");
        worker.offer(500);
        rig.untilLogged("mappings of the NATS account");
        assertThat(worker.committable()).isEqualTo(1_000);
        assertThat(rig.logged.lines("too many inflight")).isEmpty();

        // A server keeps the mappings of an account that has none left in its configuration.
        rig.nats.reload("mappings { unrelated: other }");
        worker.settle(500);
        rig.report().assertClean();
    }

    @Test
    void aMappingOfHalfOfTheMarkersStoresNothingTwice() throws Exception {
        rig.create(stream());
        FakeWorker worker = rig.start().settle(1_000);
        rig.nats.reload("mappings { \"jetsink.offsets.>\": [ { destination: \"jetsink.moved.>\", weight: 50% } ] }");
        worker.settle(2_000);

        rig.report().assertClean();
    }

    private StreamConfiguration.Builder stream() {
        return rig.anyMode("once", "once.>", "jetsink.>");
    }
}
