package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.NatsBinary;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.StreamConfiguration;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code message.id=subject} and a stream that keeps the first message of each subject. */
class SubjectIdsIT {
    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("orders").with("message.id", "subject", "subject", "orders.${key}");

    @ParameterizedTest
    @CsvSource({"V2_15, auto", "V2_15, async", "V2_15, sync", "V2_10, auto", "V2_9, async"})
    void aReplayAfterACrashIsStoredOnce(NatsBinary version, String mode) throws Exception {
        server(version);
        FakeWorker first = start("publish.mode", mode);
        first.settle(200);
        assertThat(rig.logged.lines("already has a message with this id")).isEmpty();

        // Nothing was committed: another task begins where this one began.
        FakeWorker second = start("publish.mode", mode);
        second.settle(250);

        assertThat(rig.stored()).isEqualTo(250);
        assertThat(second.rejected).isEmpty();
        // In fast, each one ends a batch, and what is sent again behind it is not counted.
        assertThat(rig.logged.lines("already has a message with this id"))
                .isNotEmpty()
                .hasSizeLessThanOrEqualTo(8);
        assertThat(rig.logged.lines("no working link")).isEmpty();
        assertThat(rig.logged.lines("discard_new_per_subject")).isEmpty();
    }

    /** A subject that repeats amid others, which are stored behind it. */
    @ParameterizedTest
    @CsvSource({"fast", "async"})
    void goesOnBehindASubjectThatRepeats(String mode) throws Exception {
        server(NatsBinary.V2_15);
        FakeWorker worker = start("publish.mode", mode);
        worker.deliver(offset -> record(offset, offset % 50 == 7 ? "k0" : "k" + offset));
        worker.settle(1_000);

        assertThat(rig.stored()).isEqualTo(980);
        assertThat(worker.rejected).isEmpty();
        assertThat(rig.logged.lines("no working link")).isEmpty();
    }

    /** Told at start, and the wait names what ends it. */
    @Test
    void withoutItSuchAStreamIsWarnedOf() throws Exception {
        server(NatsBinary.V2_15);
        FakeWorker worker = start("publish.mode", "async", "message.id", "");
        for (String key : List.of("a", "b", "a", "c")) {
            worker.offer(record(worker.consumed(), key));
        }
        String warning = rig.untilLogged("maximum messages per subject exceeded");

        assertThat(rig.logged.lines("with discard_new_per_subject, which"))
                .singleElement()
                .asString()
                .startsWith("WARN ")
                .contains("message.id=subject");
        assertThat(warning).startsWith("WARN ").contains("message.id=subject").doesNotContain("there is no room");
    }

    private void server(NatsBinary version) {
        rig.serve(version);
        StreamConfiguration.Builder stream = rig.stream("orders.*")
                .discardPolicy(DiscardPolicy.New)
                .discardNewPerSubject(true)
                .maxMessagesPerSubject(1);
        rig.create(version == NatsBinary.V2_15 ? stream.allowBatched() : stream);
    }

    private FakeWorker start(String... more) {
        FakeWorker worker = rig.prepare(rig.name);
        worker.deliver(offset -> record(offset, "k" + offset));
        worker.start(rig.config(TaskRig.pairs(more)));
        return worker;
    }

    private static SinkRecord record(long offset, String key) {
        return new SinkRecord("orders", 0, null, key, null, ("v" + offset).getBytes(UTF_8), offset);
    }
}
