package io.jetsink.nats.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
import io.jetsink.message.Problem;
import io.jetsink.publish.FakeConnection;
import io.jetsink.publish.once.MarkerSubjects;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.PersistMode;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.SubjectTransform;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of requirements: what prevents publishing, what weakens the guarantee, and the command that fixes it. */
class StreamRequirementsTest {
    private static final StreamRequirements EXACTLY_ONCE =
            MarkerSubjects.inStream("offsets", "orders").requirements();

    private final FakeConnection nats = new FakeConnection();
    private final Map<String, String> props =
            new HashMap<>(Map.of("name", "orders", "nats.servers", "nats://127.0.0.1", "jetstream.stream", "ORDERS"));

    StreamRequirementsTest() {
        nats.cluster = "c";
    }

    @Test
    void aReplicatedStreamWithoutLimitsHasNoWarnings() {
        assertThat(warnings(stream -> stream)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory | is kept in memory | set jetstream.stream to another stream",
                "replicas | has one replica | run nats stream edit ORDERS --replicas=3",
                "bytes | removes its oldest messages at max_msgs or max_bytes | run nats stream edit ORDERS --discard=new",
                "messages | removes its oldest messages at max_msgs or max_bytes | run nats stream edit ORDERS --discard=new",
                "persist | has persist_mode async, which cannot be changed and acks messages before they are stored"
                        + " | set jetstream.stream to another stream",
                "interest | has retention interest | run nats stream edit ORDERS --retention=limits",
                "workqueue | has retention workqueue | set jetstream.stream to another stream",
                "age | removes messages after 3599 s | run nats stream edit ORDERS --max-age=24h",
                "once | has max_msgs_per_subject with discard_new_per_subject, which refuses another message"
                        + " | nats stream edit ORDERS --no-discard-per-subject",
                "subjects | does not list all of the subjects orders.* | or add to the stream's subjects",
            })
    void aWeakerGuaranteeIsAWarningWithItsFix(String property, String problem, String fix) {
        List<String> warnings = warnings(stream -> switch (property) {
            case "memory" -> stream.storageType(StorageType.Memory);
            case "replicas" -> stream.replicas(1);
            case "bytes" -> stream.maxBytes(1_000);
            case "messages" -> stream.maxMessages(1_000);
            case "persist" -> stream.persistMode(PersistMode.Async);
            case "interest" -> stream.retentionPolicy(RetentionPolicy.Interest);
            case "workqueue" -> stream.retentionPolicy(RetentionPolicy.WorkQueue);
            case "age" -> stream.maxAge(Duration.ofSeconds(3_599));
            case "once" ->
                stream.discardPolicy(DiscardPolicy.New)
                        .discardNewPerSubject(true)
                        .maxMessagesPerSubject(1);
            default -> stream.subjects("orders.eu");
        });

        assertThat(warnings)
                .singleElement()
                .satisfies(warning -> assertThat(warning)
                        .startsWith("stream ORDERS " + problem)
                        .contains(": ")
                        .contains(fix));
    }

    @Test
    void limitsThatPauseTheConnectorAreNoWarning() {
        assertThat(warnings(stream -> stream.maxBytes(1_000).discardPolicy(DiscardPolicy.New)))
                .isEmpty();
        // A marker is the only message of its subject.
        assertThat(warnings(stream -> stream.maxMessagesPerSubject(1))).isEmpty();
    }

    /** A server outside a cluster has no more. */
    @Test
    void aSingleReplicaOnASingleServerIsNoWarning() {
        nats.cluster = null;

        assertThat(warnings(stream -> stream.replicas(1))).isEmpty();
    }

    @Test
    void aDuplicateWindowIsShortOnlyForIds() {
        UnaryOperator<StreamConfiguration.Builder> brief = stream -> stream.duplicateWindow(Duration.ofSeconds(119));
        assertThat(warnings(brief)).isEmpty();

        props.put("message.id", "coordinates");
        assertThat(warnings(brief))
                .singleElement()
                .satisfies(warning -> assertThat(warning)
                        .startsWith("message.id: stream ORDERS remembers message ids for 119 s only")
                        .endsWith("nats stream edit ORDERS --dupe-window=2m"));
        assertThat(warnings(stream -> stream.duplicateWindow(Duration.ofMinutes(2))))
                .isEmpty();
    }

    @Test
    void aSubjectThatBeginsWithAValueOfTheRecordIsNoWarning() {
        props.put("subject", "${topic}");

        assertThat(warnings(stream -> stream.subjects("anything"))).isEmpty();
    }

    @Test
    void aBucketMayExpireItsValues() {
        props.remove("jetstream.stream");
        props.putAll(Map.of("target", "kv", "kv.bucket", "prices"));

        assertThat(warnings(stream -> stream.maxAge(Duration.ofMinutes(1)))).isEmpty();
    }

    @Test
    void aFullStreamRemovesOffsetMarkers() {
        props.put("delivery.guarantee", "exactly-once");

        assertThat(warnings(stream -> stream.maxBytes(1_000)))
                .singleElement()
                .asString()
                .contains("the offset markers of idle partitions");
    }

    @Test
    void aStreamForExactlyOnceHasNoProblem() {
        assertThat(problem(good())).isNull();
    }

    @Test
    void allProblemsAreReportedAtOnceWithOneCommand() {
        assertThat(problem(StreamConfiguration.builder()
                        .name("ORDERS")
                        .subjects("orders.>")
                        .maxAge(1_000)))
                .startsWith("delivery.guarantee=exactly-once: stream ORDERS does not allow atomic batches, and ")
                .endsWith(": run nats stream edit ORDERS --allow-batch --allow-rollup --max-age=10m"
                        + " --subjects='orders.>,offsets.orders.>'");
    }

    @Test
    void problemsOfSeveralFeaturesShareOneCommand() {
        props.putAll(Map.of("message.ttl.ms", "1000", "publish.mode", "fast"));
        TargetStream stream =
                stream(StreamConfiguration.builder().name("ORDERS").noAck(true));

        assertThat(requirements().problem(stream, nats.connection().getServerInfo()))
                .extracting(Problem::text, STRING)
                .startsWith("delivery.guarantee=at-least-once, publish.mode=fast, message.ttl.ms, message.ttl.header:"
                        + " stream ORDERS has no_ack")
                .endsWith(": run nats stream edit ORDERS --ack --allow-fast --allow-msg-ttl");
        assertThat(requirements().problems(stream, nats.connection().getServerInfo()))
                .containsOnlyKeys("delivery.guarantee", "publish.mode", "message.ttl.ms")
                .hasEntrySatisfying(
                        "publish.mode",
                        problem -> assertThat(problem)
                                .isEqualTo(new Problem(
                                        ErrorCode.STREAM_UNSUITABLE,
                                        "publish.mode=fast: stream ORDERS does not allow fast-ingest batches: run nats"
                                                + " stream edit ORDERS --allow-fast")));
    }

    @Test
    void aStreamWithoutAcksIsAProblem() {
        assertThat(problem(good().noAck(true)))
                .isEqualTo("delivery.guarantee=exactly-once: stream ORDERS has no_ack and does not report what it has"
                        + " stored: run nats stream edit ORDERS --ack");
    }

    @ParameterizedTest
    @CsvSource({
        ">, all.>",
        "offsets.>, moved.>",
        "offsets.*.*.*, moved.{{partition(4,1)}}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}",
        "*.orders.*.*, {{wildcard(1)}}.{{wildcard(3)}}.{{wildcard(2)}}",
        "offsets.orders.t.0, t.0"
    })
    void aTransformThatMovesMarkersIsAProblem(String source, String destination) {
        assertThat(problem(good().subjectTransform(new SubjectTransform(source, destination))))
                .contains("stream ORDERS has a subject_transform from " + source + " to " + destination)
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
    void aTransformThatLeavesMarkersAloneIsNoProblem(String source, String destination) {
        assertThat(problem(good().subjectTransform(new SubjectTransform(source, destination))))
                .isNull();
    }

    @Test
    void aTransformIsNamedAfterTheCommand() {
        assertThat(problem(good().allowRollup(false).subjectTransform(new SubjectTransform(">", "all.>"))))
                .endsWith(": run nats stream edit ORDERS --allow-rollup; and limit the transform to the records'"
                        + " subjects");
    }

    @Test
    void aLimitBelowTheSizeOfAMarkerIsAProblem() {
        assertThat(problem(good().maximumMessageSize(300)))
                .endsWith("stream ORDERS has a max_msg_size of 300, which refuses offset markers: run nats stream edit"
                        + " ORDERS --max-msg-size=-1");
        assertThat(problem(good().maximumMessageSize(1_000))).isNull();
    }

    private static StreamConfiguration.Builder good() {
        return StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders.>", "offsets.>")
                .replicas(3)
                .allowAtomicPublish()
                .allowRollup(true);
    }

    private static @Nullable String problem(StreamConfiguration.Builder stream) {
        return EXACTLY_ONCE.problem(stream(stream));
    }

    private List<String> warnings(UnaryOperator<StreamConfiguration.Builder> spoil) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders.>")
                .replicas(3);
        return requirements()
                .warnings(stream(spoil.apply(stream)), nats.connection().getServerInfo());
    }

    private StreamRequirements requirements() {
        List<String> subjects =
                List.of(props.getOrDefault("subject", "orders.*").replace("${topic}", ">"));
        boolean once = "exactly-once".equals(props.get("delivery.guarantee"));
        return StreamRequirements.of(SinkConfig.parse(props), subjects, once ? EXACTLY_ONCE : null);
    }

    private static TargetStream stream(StreamConfiguration.Builder stream) {
        return new TargetStream("ORDERS", stream.build(), "unused");
    }
}
