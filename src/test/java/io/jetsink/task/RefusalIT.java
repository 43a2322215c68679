package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.nats.NatsBinary;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.PersistMode;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is promised and cannot be kept is refused: with what to change, and with nothing less put in its place. */
class RefusalIT {
    private static final String NO_STREAM =
            "[JS-4001] there is no stream orders: create it, set jetstream.stream.create=true, or correct jetstream.stream";
    private static final String EXACTLY_ONCE = "delivery.guarantee=exactly-once: ";

    @RegisterExtension
    final TaskRig rig = TaskRig.shared("orders").with("name", "orders-to-nats", "subject", "orders.${partition}");

    @ParameterizedTest
    @EnumSource(
            value = NatsBinary.class,
            names = {"V2_9", "V2_10"})
    void oldServersAreRefusedByVersionAndServedByAuto(NatsBinary old) throws Exception {
        rig.serve(old);
        String version = "nats-server " + old.version();

        assertThat(rig.refusal("mode", "exactly-once", "jetstream.stream.create", "true"))
                .isEqualTo("[JS-4007] " + EXACTLY_ONCE + version
                        + " does not support atomic batches: upgrade to 2.12.1 or later");
        assertThat(rig.streams()).isEmpty();
        rig.create(good());
        assertThat(rig.refusal("publish.mode", "fast"))
                .isEqualTo("[JS-4007] publish.mode=fast: " + version
                        + " does not support fast-ingest batches: upgrade to 2.14.0 or later");

        assertTakes(1_000, 1_000);
    }

    private void assertTakes(int records, int messages, String... config) {
        FakeWorker worker = rig.start(config).settle(records);
        assertThat(rig.stored()).isEqualTo(messages);
    }

    static Stream<Arguments> curable() {
        return Stream.of(
                Arguments.of(
                        change(stream -> plain()),
                        "does not allow atomic batches, and does not allow rollups: run nats stream edit"
                                + " orders --allow-batch --allow-rollup"),
                Arguments.of(
                        change(stream -> plain().allowAtomicPublish()),
                        "does not allow rollups: run nats stream edit orders --allow-rollup"),
                Arguments.of(
                        change(stream -> plain().allowRollup(true)),
                        "does not allow atomic batches: run nats stream edit orders --allow-batch"),
                Arguments.of(
                        change(stream -> stream.retentionPolicy(RetentionPolicy.Interest)),
                        "has retention interest, which removes offset markers: run nats stream edit orders"
                                + " --retention=limits"),
                Arguments.of(
                        change(stream -> stream.maxMessagesPerSubject(100)
                                .discardPolicy(DiscardPolicy.New)
                                .discardNewPerSubject(true)),
                        "has max_msgs_per_subject with discard_new_per_subject, which refuses new offset markers: run nats stream edit"
                                + " orders --no-discard-per-subject"),
                Arguments.of(
                        change(stream -> stream.maxAge(Duration.ofSeconds(599))),
                        "removes messages after 599 s (max_age), and with them offset markers: run nats stream edit orders"
                                + " --max-age=10m"),
                Arguments.of(
                        change(stream -> stream.subjects("orders.>", "audit")),
                        "does not capture the offset markers jetsink.offsets.orders-to-nats.> (exactly.once.marker.prefix):"
                                + " run nats stream edit orders"
                                + " --subjects='orders.>,audit,jetsink.offsets.orders-to-nats.>'"));
    }

    /** Each is taken once it was edited as the error says. */
    @ParameterizedTest
    @MethodSource("curable")
    void aStreamIsRefusedWithTheCommandThatMendsIt(UnaryOperator<StreamConfiguration.Builder> spoil, String expected)
            throws Exception {
        rig.create(spoil.apply(good()));

        assertThat(rig.refusal("mode", "exactly-once"))
                .isEqualTo("[JS-4006] " + EXACTLY_ONCE + "stream orders " + expected);

        rig.update(edited(rig.configuration(), expected));
        assertTakes(100, 101, "mode", "exactly-once");
    }

    /** What the nats command line makes of the flags. */
    private static StreamConfiguration.Builder edited(StreamConfiguration is, String command) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder(is);
        for (String flag : command.substring(command.indexOf(" --")).trim().split(" ")) {
            switch (flag.split("=")[0]) {
                case "--allow-batch" -> stream.allowAtomicPublish();
                case "--allow-rollup" -> stream.allowRollup(true);
                case "--retention" -> stream.retentionPolicy(RetentionPolicy.Limits);
                case "--no-discard-per-subject" -> stream.discardNewPerSubject(false);
                case "--max-age" -> stream.maxAge(Duration.ofMinutes(10));
                case "--subjects" ->
                    stream.subjects(flag.substring(flag.indexOf('\'') + 1, flag.length() - 1)
                            .split(","));
                default -> throw new AssertionError(flag + " is no flag of nats stream edit");
            }
        }
        return stream;
    }

    static Stream<Arguments> incurable() {
        return Stream.of(
                Arguments.of(
                        change(stream -> stream.retentionPolicy(RetentionPolicy.WorkQueue)),
                        "has retention workqueue, which cannot be changed and removes offset markers"),
                Arguments.of(
                        change(stream -> plain().persistMode(PersistMode.Async)),
                        "does not allow atomic batches, and does not allow rollups, and has persist_mode async, which cannot"
                                + " be changed and acks messages before they are stored"),
                Arguments.of(
                        change(stream -> plain().allowAtomicPublish().denyPurge(true)),
                        "has deny_purge, which excludes rollups and cannot be changed"));
    }

    @ParameterizedTest
    @MethodSource("incurable")
    void aStreamThatCannotBeMendedIsRefusedWithAWayOut(
            UnaryOperator<StreamConfiguration.Builder> spoil, String expected) throws Exception {
        rig.create(spoil.apply(good()));

        assertThat(rig.refusal("mode", "exactly-once"))
                .isEqualTo("[JS-4006] " + EXACTLY_ONCE + "stream orders " + expected
                        + ": set jetstream.stream to another stream, which jetstream.stream.create=true can create");
    }

    @Test
    void aMissingStreamIsRefused() throws Exception {
        assertThat(rig.refusal("mode", "exactly-once")).isEqualTo(NO_STREAM);
        assertThat(rig.refusal("publish.mode", "fast")).isEqualTo(NO_STREAM);
    }

    @Test
    void severalStreamsWithoutANameAreRefused() throws Exception {
        for (String subject : List.of("a", "b")) {
            rig.create(StreamConfiguration.builder().name(subject).subjects(subject));
        }

        assertThat(rig.refusal("mode", "exactly-once", "subject", "${topic}", "jetstream.stream", ""))
                .isEqualTo(
                        "[JS-4003] " + EXACTLY_ONCE + "the subjects match more than one stream: set jetstream.stream");
    }

    @Test
    void fastIsRefusedByAStreamWithoutBatches() throws Exception {
        rig.create(good());

        assertThat(rig.refusal("publish.mode", "fast"))
                .isEqualTo(
                        "[JS-4006] publish.mode=fast: stream orders does not allow fast-ingest batches: run nats stream edit"
                                + " orders --allow-fast");

        assertTakes(100, 100);
    }

    @Test
    void aSingleReplicaOnASingleServerIsNothingToTell() throws Exception {
        rig.create(good());
        assertTakes(10, 11, "mode", "exactly-once");

        assertThat(rig.logged.lines("WARN")).isEmpty();
    }

    @Test
    void whatIsRiskyIsWarnedOfOnceAndNotWithEachConnection() throws Exception {
        rig.create(good().maxBytes(10_000_000));
        assertTakes(10, 11, "mode", "exactly-once");
        rig.nats.kill9();
        rig.nats.restart();
        rig.worker.settle(10);

        assertThat(rig.logged.lines("stream orders removes its oldest messages at max_msgs or max_bytes"))
                .singleElement()
                .asString()
                .startsWith("WARN [JS-4012] orders-to-nats: ");
    }

    private static StreamConfiguration.Builder good() {
        return plain().allowAtomicPublish().allowRollup(true);
    }

    private static StreamConfiguration.Builder plain() {
        return StreamConfiguration.builder().name("orders").subjects("orders.>", "jetsink.offsets.>");
    }

    private static UnaryOperator<StreamConfiguration.Builder> change(
            UnaryOperator<StreamConfiguration.Builder> change) {
        return change;
    }
}
