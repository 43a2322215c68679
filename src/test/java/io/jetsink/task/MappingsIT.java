package io.jetsink.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.SubjectTransform;
import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Subjects that lead into the stream although the stream does not list them, and subjects that lead nowhere. */
class MappingsIT {
    private static final String PARTITIONS =
            "mappings: { \"orders.*\": \"orders.{{partition(4,1)}}.{{wildcard(1)}}\" }\n";

    @RegisterExtension
    final TaskRig rig = TaskRig.unserved("ORDERS")
            .with("topics", "orders", "subject", "orders.${key}", "jetstream.stream", "", "errors.tolerance", "all");

    private FakeWorker worker;

    /** Whatever the mode, named or not. */
    @ParameterizedTest
    @CsvSource({"auto, true", "auto, false", "async, false", "exactly-once, true", "best-effort, false"})
    void aMappingLeadsIntoAStreamThatDoesNotListTheSubjects(String mode, boolean named) throws Exception {
        mapped(mode, named);
    }

    @Tag("faults")
    @ParameterizedTest
    @CsvSource({"fast, true", "fast, false", "async, true", "sync, true", "exactly-once, false"})
    void soItDoesInAllModes(String mode, boolean named) throws Exception {
        mapped(mode, named);
    }

    private void mapped(String mode, boolean named) throws Exception {
        server(PARTITIONS, "orders.*.*", "jetsink.offsets.>");
        start("mode", mode, "jetstream.stream", named ? rig.name : "");
        worker.settle(100);
        worker.until("all to be stored", TaskRig.PATIENCE, () -> stored("orders.*.*") == 100);

        assertThat(worker.rejected).isEmpty();
        assertThat(rig.logged.lines("no working link")).isEmpty();
    }

    /** The stream lists one of the filters, and a mapping leads the other one there. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "exactly-once"})
    void aMappingLeadsSomeOfTheSubjects(String mode) throws Exception {
        server(PARTITIONS, "orders.*.*", "payments.*", "jetsink.offsets.>");
        rig.with("jetstream.stream", rig.name, "topics", "orders,payments");
        start("mode", mode, "subject.routes", "orders -> orders.${key}; payments -> payments.${key}");
        worker.deliver(offset -> record(offset, offset % 2 == 0 ? "orders" : "payments", "k" + offset));
        worker.offer(1);
        worker.until("a start", TaskRig.PATIENCE, () -> stored(">") > 0);
        worker.settle(99);

        assertThat(worker.rejected).isEmpty();
        assertThat(stored("orders.*.*") + stored("payments.*")).isEqualTo(100);
    }

    /** A mapping leads only some subjects of the template there: the server refuses the others, one by one. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "async", "exactly-once"})
    void rejectsOnlyWhatTheServerRefuses(String mode) throws Exception {
        server(
                "mappings: { \"orders.eu.*\": \"stored.{{wildcard(1)}}\" }\n",
                "stored.*",
                "orders.us.*",
                "jetsink.offsets.>");
        start("mode", mode, "jetstream.stream", rig.name, "subject", "orders.${key}.x");
        worker.deliver(offset ->
                record(offset, "orders", List.of("eu", "us", "nowhere").get((int) offset % 3)));
        worker.settle(30);

        assertThat(worker.rejected)
                .hasSize(10)
                .allSatisfy(why -> assertThat(why)
                        .contains("does not capture the subject of this message", "by the server's answer"));
        // At-least-once may store records again that an outage left without an outcome.
        boolean once = mode.equals("exactly-once");
        assertThat(stored("stored.*")).isBetween(10L, once ? 10L : 20L);
        assertThat(stored("orders.us.*")).isBetween(10L, once ? 10L : 20L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "async"})
    void aTransformOfTheStreamChangesNothing(String mode) throws Exception {
        server("", "orders.*");
        rig.update(rig.anyMode("orders.*")
                .subjectTransform(SubjectTransform.builder()
                        .source("orders.*")
                        .destination("stored.{{partition(4,1)}}.{{wildcard(1)}}")
                        .build()));
        start("publish.mode", mode);
        worker.settle(100);

        assertThat(worker.rejected).isEmpty();
        assertThat(stored("stored.*.*")).isEqualTo(100);
    }

    /** The mapping is gone: that is the account's configuration, and no record's fault. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "async"})
    void condemnsNothingWhenAMappingIsRemoved(String mode) throws Exception {
        server(PARTITIONS, "orders.*.*");
        start("publish.mode", mode, "jetstream.stream", rig.name);
        worker.settle(100);

        rig.nats.reload("mappings: { \"orders.*\": \"nowhere.{{wildcard(1)}}\" }\n");
        worker.offer(100);
        assertThat(rig.untilLogged("no longer captures")).startsWith("WARN ").contains("mappings");
        rig.nats.reload(PARTITIONS);
        worker.drain();

        assertThat(worker.rejected).isEmpty();
        assertThat(stored("orders.*.*")).isEqualTo(200);
    }

    @Test
    void aStreamThatCapturesNothingIsRefusedByTheServersAnswer() throws Exception {
        server("", "others.*");

        start("jetstream.stream", rig.name);

        assertThat(rig.untilLogged("no working link"))
                .startsWith("WARN ")
                .contains("stream ORDERS captures none of the subjects orders.*");
    }

    private void server(String config, String... subjects) {
        rig.serve(config);
        rig.create(rig.anyMode(subjects));
    }

    private void start(String... more) {
        worker = rig.prepare("orders");
        worker.deliver(offset -> record(offset, "orders", "k" + offset));
        worker.start(rig.config(TaskRig.pairs(more)));
    }

    private static SinkRecord record(long offset, String topic, String key) {
        return new SinkRecord(topic, 0, null, key, null, ("v" + offset).getBytes(UTF_8), offset);
    }

    private long stored(String filter) {
        StreamInfoOptions filtered = StreamInfoOptions.filterSubjects(filter);
        return rig.ask(
                streams -> streams.getStreamInfo(rig.name, filtered).getStreamState().getSubjectMap().values().stream()
                        .mapToLong(Long::longValue)
                        .sum());
    }
}
