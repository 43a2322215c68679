package io.jetsink.publish.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.SinkConfig;
import io.jetsink.nats.stream.TargetStream;
import io.jetsink.publish.FakeConnection;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.PersistMode;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StreamRisksTest {
    private final FakeConnection nats = new FakeConnection();
    private final Map<String, String> props =
            new HashMap<>(Map.of("name", "orders", "nats.servers", "nats://127.0.0.1", "jetstream.stream", "ORDERS"));

    StreamRisksTest() {
        nats.cluster = "c";
    }

    @Test
    void aReplicatedStreamWithoutLimitsHasNone() {
        assertThat(risks(stream -> stream)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory | is kept in memory | with storage file",
                "replicas | has one replica | nats stream edit ORDERS --replicas=3",
                "bytes | removes its oldest messages at max_msgs or max_bytes | nats stream edit ORDERS --discard=new",
                "messages | removes its oldest messages at max_msgs or max_bytes | nats stream edit ORDERS --discard=new",
                "persist | has persist_mode async, which acks what is not stored | so use another stream",
                "interest | has retention interest | nats stream edit ORDERS --retention=limits",
                "workqueue | has retention workqueue | so use another stream if others are to read it",
                "age | removes messages after 3599 s | nats stream edit ORDERS --max-age=24h",
                "once | has discard_new_per_subject | nats stream edit ORDERS --no-discard-per-subject",
                "subjects | does not list all of the subjects orders.* | or add to the stream's subjects",
            })
    void whatWeakensTheGuaranteeIsToldWithWhatMendsIt(String what, String begins, String ends) {
        List<String> risks = risks(stream -> switch (what) {
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

        assertThat(risks)
                .singleElement()
                .satisfies(risk -> assertThat(risk).startsWith(begins).endsWith(ends));
    }

    @Test
    void limitsThatHoldTheConnectorBackAreNone() {
        assertThat(risks(stream -> stream.maxBytes(1_000).discardPolicy(DiscardPolicy.New)))
                .isEmpty();
        // A marker is the only message of its subject.
        assertThat(risks(stream -> stream.maxMessagesPerSubject(1))).isEmpty();
    }

    /** There is no more to be had. */
    @Test
    void aSingleReplicaOnASingleServerIsNone() {
        nats.cluster = null;

        assertThat(risks(stream -> stream.replicas(1))).isEmpty();
    }

    @Test
    void aDuplicateWindowIsShortOnlyForIds() {
        UnaryOperator<StreamConfiguration.Builder> brief = stream -> stream.duplicateWindow(Duration.ofSeconds(119));
        assertThat(risks(brief)).isEmpty();

        props.put("message.id", "coordinates");
        assertThat(risks(brief))
                .singleElement()
                .satisfies(risk -> assertThat(risk)
                        .startsWith("remembers message ids for 119 s only")
                        .endsWith("nats stream edit ORDERS --dupe-window=2m"));
        assertThat(risks(stream -> stream.duplicateWindow(Duration.ofMinutes(2))))
                .isEmpty();
    }

    /** Of it nothing is known. */
    @Test
    void aSubjectThatBeginsWithTheRecordsOwnIsNone() {
        props.put("subject", "${topic}");

        assertThat(risks(stream -> stream.subjects("anything"))).isEmpty();
    }

    /** Its values are to go, by age and by number. */
    @Test
    void aBucketIsToForget() {
        props.remove("jetstream.stream");
        props.putAll(Map.of("target", "kv", "kv.bucket", "prices"));

        assertThat(risks(stream -> stream.maxAge(Duration.ofMinutes(1)))).isEmpty();
    }

    @Test
    void exactlyOnceLosesMarkers() {
        props.put("delivery.guarantee", "exactly-once");

        assertThat(risks(stream -> stream.maxBytes(1_000)))
                .singleElement()
                .asString()
                .contains("the markers of partitions that have been idle");
    }

    private List<String> risks(UnaryOperator<StreamConfiguration.Builder> spoil) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name("ORDERS")
                .subjects("orders.>")
                .replicas(3);
        TargetStream target = new TargetStream("ORDERS", spoil.apply(stream).build(), "unused");
        List<String> subjects =
                List.of(props.getOrDefault("subject", "orders.*").replace("${topic}", ">"));
        return new StreamRisks(SinkConfig.parse(props), subjects)
                .of(target, nats.connection().getServerInfo());
    }
}
