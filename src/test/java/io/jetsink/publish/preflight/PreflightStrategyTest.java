package io.jetsink.publish.preflight;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.PublishStrategies;
import io.jetsink.config.SinkConfig;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.publish.AsyncPublisher;
import io.jetsink.publish.FakeConnection;
import io.jetsink.publish.LinkRate;
import io.jetsink.publish.Pending;
import io.jetsink.publish.PublishStrategy;
import io.jetsink.publish.Publisher;
import io.jetsink.publish.Told;
import io.jetsink.support.Logged;
import io.nats.client.api.Mirror;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked before an epoch begins, how often, and what the answers lead to. */
public class PreflightStrategyTest {
    private static final String CLASS = "io.jetsink.publish.preflight.PreflightStrategy";

    /** A stream answers at once, where the answer of another one is waited out. */
    private static final String SEALED =
            "{\"error\":{\"code\":400,\"err_code\":10109,\"description\":\"sealed\"},\"stream\":\"ORDERS\"}";

    private final FakeConnection nats = new FakeConnection();
    private final Map<String, String> props = new HashMap<>(Map.of(
            "name", "orders",
            "nats.servers", "nats://127.0.0.1",
            "jetstream.stream", "ORDERS",
            "subject", "orders",
            "publish.mode", "async"));

    PreflightStrategyTest() {
        nats.probed = refusal("ORDERS");
    }

    @Test
    void refusesAStreamThatNeverAcks() {
        nats.stream = stream().noAck(true).build();

        assertThrown(MisconfiguredException.class, this::open)
                .hasMessage(
                        "delivery.guarantee=at-least-once: stream ORDERS has no_ack and does not report what it has stored:"
                                + " run nats stream edit ORDERS --ack");
    }

    @ParameterizedTest
    @CsvSource({
        "stream, 2, max_msgs_per_subject",
        "stream, 64, max_msgs_per_subject",
        "kv, 2, history",
        "kv, -1, history",
        "stream, 1,",
        "stream, -1,",
        "kv, 1,"
    })
    void refusesTtlsThatBringAnOlderMessageBack(String target, int kept, @Nullable String named) throws Exception {
        props.put("message.ttl.ms", "60000");
        String name = "ORDERS";
        if (target.equals("kv")) {
            props.keySet().removeAll(List.of("jetstream.stream", "subject"));
            props.putAll(Map.of("target", "kv", "kv.bucket", "ORDERS"));
            name = "KV_ORDERS";
        }
        nats.probed = refusal(name);
        nats.stream = StreamConfiguration.builder()
                .name(name)
                .subjects(target.equals("kv") ? "$KV.ORDERS.>" : "orders")
                .allowMessageTtl()
                .maxMessagesPerSubject(kept)
                .build();

        if (named == null) {
            assertThat(open()).isNotNull();
        } else {
            assertThrown(MisconfiguredException.class, this::open)
                    .hasMessageContainingAll("message.ttl.ms", named, "nats stream edit " + name);
        }
    }

    /** The user need not be allowed to look. */
    @Test
    void doesWithoutALookThatIsNotAnswered() throws Exception {
        try (Logged log = Logged.of(CLASS)) {
            Publisher publisher = open();

            assertThat(publisher).isInstanceOf(AsyncPublisher.class);
            assertThat(nats.lookUps).isEqualTo(1);
            assertThat(log.lines()).singleElement().asString().contains("$JS.API.STREAM.INFO");
        }
    }

    @Test
    void looksNoMoreWhenThreeLooksWereNotAnswered() throws Exception {
        PublishStrategy publishers = publishers();
        for (int i = 0; i < 10; i++) {
            publishers.open(nats.connection());
        }

        assertThat(nats.lookUps).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"publish.mode, fast", "delivery.guarantee, exactly-once"})
    void waitsForALookThatIsNeeded(String key, String value) {
        props.remove("publish.mode");
        props.put(key, value);
        PublishStrategy publishers = publishers();

        for (int i = 0; i < 5; i++) {
            assertThrown(IOException.class, () -> publishers.open(nats.connection()))
                    .isNotInstanceOf(MisconfiguredException.class);
        }
        assertThat(nats.probes).isEmpty();
    }

    @Test
    void bestEffortIgnoresTheModeAndNeedsNoLook() throws Exception {
        props.put("delivery.guarantee", "best-effort");
        props.put("publish.mode", "fast");
        props.put("message.ttl.ms", "60000");

        assertThat(publishers().open(nats.connection())).isNotNull();
    }

    @Test
    void refusesADefiniteProblemUntilItIsGone() throws Exception {
        nats.stream = stream().build();
        nats.probed = SEALED;
        PublishStrategy publishers = publishers();
        for (int i = 0; i < 10; i++) {
            assertThrown(MisconfiguredException.class, () -> publishers.open(nats.connection()), "sealed");
        }

        nats.probed = refusal("ORDERS");
        assertThat(publishers.open(nats.connection())).isNotNull();
    }

    @Test
    void namesNoPermissionOnceTheStreamWasLookedUp() throws Exception {
        nats.stream = stream().build();
        PublishStrategy publishers = publishers();
        publishers.open(nats.connection());
        nats.stream = null;
        try (Logged logged = Logged.of(CLASS)) {
            publishers.open(nats.connection());

            assertThat(logged.lines("is not checked")).isEmpty();
        }
    }

    /** It may have been edited: that would explain why nothing was acked. */
    @Test
    void looksAgainWhenNothingWasAcked() throws Exception {
        nats.stream = stream().build();
        PublishStrategy publishers = publishers();
        publishers.open(nats.connection());
        nats.stream = stream().noAck(true).build();

        assertThrown(MisconfiguredException.class, () -> publishers.open(nats.connection()));
    }

    @Test
    void asksNothingBehindAnEpochInWhichSomethingWasAcked() throws Exception {
        nats.stream = stream().build();
        PublishStrategy publishers = publishers();
        Publisher before = publishers.open(nats.connection());
        before.publish(0, Pending.of("orders", "m"));
        nats.answer(nats.last().reply(), "{\"stream\":\"ORDERS\",\"seq\":1}");
        before.harvest(new Told());

        publishers.open(nats.connection());

        assertThat(nats.lookUps).isEqualTo(1);
        assertThat(nats.probes).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "fast"})
    void costsTwoQuestions(String mode) throws Exception {
        props.put("publish.mode", mode);
        nats.stream = stream().allowBatched().build();

        open();

        assertThat(nats.lookUps).isEqualTo(1);
        assertThat(nats.probes).containsExactly("orders");
    }

    @Test
    void switchedOffItAsksNothing() throws Exception {
        props.put("preflight", "off");
        nats.stream = stream().noAck(true).build();

        assertThat(open()).isInstanceOf(AsyncPublisher.class);
        assertThat(nats.lookUps).isZero();
        assertThat(nats.probes).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sealed | stream ORDERS is sealed and accepts no messages: set jetstream.stream to another stream, which jetstream.stream.create=true can create",
                "mirror | stream ORDERS is a mirror of OTHER and accepts no messages: set jetstream.stream to another stream, which jetstream.stream.create=true can create",
                "counters | stream ORDERS has allow_msg_counter, which cannot be changed, and accepts only counters: set jetstream.stream to another stream, which jetstream.stream.create=true can create",
                "subjects | stream ORDERS captures none of the subjects orders: change subject, jetstream.stream, or the"
                        + " stream's subjects",
            })
    void refusesAStreamThatTakesNothing(String what, String expected) {
        StreamConfiguration.Builder stream = StreamConfiguration.builder().name("ORDERS");
        nats.stream = switch (what) {
            case "sealed" -> stream.subjects("orders").seal().build();
            case "mirror" ->
                stream.mirror(Mirror.builder().name("OTHER").build()).build();
            case "counters" -> stream.subjects("orders").allowMessageCounter().build();
            default -> stream.subjects("others").build();
        };
        nats.probed = what.equals("subjects") ? null : nats.probed;

        assertThatThrownBy(this::open).hasMessage(expected);
    }

    @Test
    void tellsAllThatIsWrongAtOnce() {
        props.put("message.ttl.ms", "1000");
        nats.stream = stream().allowMessageCounter().noAck(true).build();

        assertThatThrownBy(this::open)
                .hasMessageStartingWith("delivery.guarantee=at-least-once, message.ttl.ms, message.ttl.header: ")
                .hasMessageContainingAll(
                        "stream ORDERS has allow_msg_counter",
                        ", and has no_ack",
                        ", and does not allow per-message TTLs");
    }

    @Test
    void refusesWhenAnotherStreamTakesTheSubject() {
        nats.probed = refusal("OTHER");

        assertThrown(MisconfiguredException.class, this::open)
                .hasMessageStartingWith("stream OTHER captures orders, and not ORDERS: correct jetstream.stream");
    }

    /** An account mapping leads the subject there. */
    @Test
    void acceptsAStreamThatCapturesWhatItDoesNotList() throws Exception {
        nats.stream = stream().subjects("others").build();
        try (Logged log = Logged.of(CLASS)) {
            assertThat(open()).isInstanceOf(AsyncPublisher.class);

            assertThat(nats.probes).containsExactly("orders");
            assertThat(log.lines().stream().filter(line -> !line.contains("not list")))
                    .isEmpty();
        }
    }

    @Test
    void refusesWhatTheServerSaysIsAMistake() {
        nats.probed = "{\"error\":{\"code\":503,\"err_code\":10039,\"description\":\"not enabled\"}}";

        assertThrown(MisconfiguredException.class, this::open)
                .hasMessageContaining("JetStream is not enabled for this account");
    }

    /** A service on the subject, and a stream of another domain, answer first. */
    @Test
    void waitsForTheAnswerOfTheStreamThatIsMeant() throws Exception {
        nats.stream = stream().build();
        nats.probeAnswers = List.of("ok", "{\"error\":\"no stock\"}", refusal("OTHER"));
        PublishStrategy publishers = publishers();
        try (Logged log = Logged.of(CLASS)) {
            assertThat(publishers.open(nats.connection())).isInstanceOf(AsyncPublisher.class);

            assertThat(log.lines()).isEmpty();
        }
    }

    /** It may be an outage, and then it passes. */
    @Test
    void doubtsWhenNothingAnswersAndGoesOn() throws Exception {
        nats.stream = stream().build();
        nats.probed = null;
        PublishStrategy publishers = publishers();
        try (Logged log = Logged.of(CLASS)) {
            for (int i = 0; i < 5; i++) {
                assertThat(publishers.open(nats.connection())).isInstanceOf(AsyncPublisher.class);
            }

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith("WARN [JS-4014] task: nothing answers a message to orders: ")
                    .contains("nats.auth.*", "nats.inbox.prefix");
            assertThat(nats.probes).hasSize(3);
        }
    }

    @Test
    void logsNoRiskOfAStreamThatDoesNotCaptureTheSubject() throws Exception {
        nats.stream = stream().subjects("others").maxBytes(1_000).build();
        nats.probed = null;
        PublishStrategy publishers = publishers();
        try (Logged log = Logged.of(CLASS)) {
            assertThrown(MisconfiguredException.class, () -> publishers.open(nats.connection()))
                    .hasMessageStartingWith("stream ORDERS captures none of the subjects orders");

            assertThat(log.lines()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"async", "auto"})
    void namesTheInboxAtOnceIfTheUserMayNotSubscribeToIt(String mode) throws Exception {
        props.put("publish.mode", mode);
        nats.lastError = "Permissions Violation for Subscription to \"_INBOX.a.*\"";
        PublishStrategy publishers = publishers();
        try (Logged log = Logged.of(CLASS)) {
            assertThrown(MisconfiguredException.class, () -> publishers.open(nats.connection()))
                    .hasMessageStartingWith(
                            "the user of nats.auth.* may not subscribe to _INBOX.a.*, where acks arrive");

            assertThat(log.lines()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Permissions Violation for Publish to \"orders\" | 0",
                "Permissions Violation for Publish to \"$JS.API.STREAM.INFO.ORDERS\" | 1",
                "Slow Consumer | 1",
            })
    void doubtsAProbeOnlyIfTheServerHasNotReportedWhyItIsNotAnswered(String error, int warnings) throws Exception {
        nats.stream = stream().build();
        nats.probed = null;
        nats.lastError = error;
        PublishStrategy publishers = publishers();
        try (Logged log = Logged.of(CLASS)) {
            publishers.open(nats.connection());

            assertThat(log.lines("[JS-4014]")).hasSize(warnings);
        }
    }

    @Test
    void tellsARiskOnceAndNotWithEachConnection() throws Exception {
        nats.stream = stream().maxBytes(1_000).build();
        PublishStrategy publishers = publishers();
        try (Logged log = Logged.of(CLASS)) {
            for (int i = 0; i < 5; i++) {
                publishers.open(nats.connection());
            }

            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .startsWith(
                            "WARN [JS-4012] task: stream ORDERS removes its oldest messages at max_msgs or max_bytes")
                    .endsWith(": run nats stream edit ORDERS --discard=new");
        }
    }

    private Publisher open() throws Exception {
        return publishers().open(nats.connection());
    }

    private PublishStrategy publishers() {
        return PublishStrategies.of(
                "task",
                SinkConfig.parse(props),
                List.of(props.getOrDefault("subject", "$KV.ORDERS.*")),
                new LinkRate(1 << 20, 4_096, 4_096));
    }

    public static String refusal(String stream) {
        return "{\"error\":{\"code\":400,\"err_code\":10060,\"description\":\"expected stream does not match\"},"
                + "\"stream\":\"" + stream + "\",\"seq\":0}";
    }

    private static StreamConfiguration.Builder stream() {
        return StreamConfiguration.builder().name("ORDERS").subjects("orders");
    }
}
