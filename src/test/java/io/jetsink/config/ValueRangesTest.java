package io.jetsink.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueRangesTest {
    private static final String TEN_MEGABYTES = "x".repeat(10 << 20);

    @ParameterizedTest
    @CsvSource({
        "publish.max.pending, 1, 65536",
        "publish.max.pending.bytes, 1024, 1073741824",
        "publish.ack.timeout.ms, 100, 3600000",
        "publish.retry.timeout.ms, 1000, 31536000000",
        "nats.connect.timeout.ms, 100, 3600000",
        "nats.ping.interval.ms, 100, 3600000",
        "nats.reconnect.backoff.max.ms, 100, 3600000",
        "nats.reconnect.backoff.ms, 1, 10000",
        "exactly.once.linger.ms, 0, 1000",
    })
    void takesBothEndsOfARange(String key, String lowest, String highest) {
        assertThat(Props.errors(Props.with(key, lowest))).isEmpty();
        assertThat(Props.errors(Props.with(key, highest))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "publish.max.pending, 0, 65537",
        "publish.max.pending.bytes, 1023, 1073741825",
        "publish.ack.timeout.ms, 99, 3600001",
        "publish.retry.timeout.ms, 999, 31536000001",
        "nats.connect.timeout.ms, 99, 3600001",
        "nats.ping.interval.ms, 99, 3600001",
        "nats.reconnect.backoff.ms, 0, 3600001",
        "nats.reconnect.backoff.max.ms, 0, 3600001",
        "exactly.once.linger.ms, -1, 1001",
        "jetstream.stream.replicas, 0, 6",
        "jetstream.stream.max.age.ms, 99, 31536000001",
        "jetstream.stream.max.bytes, 0, -2",
        "jetstream.stream.duplicate.window.ms, 99, 31536000001",
    })
    void refusesWhatIsBeyondARange(String key, String tooLow, String tooHigh) {
        assertThat(Props.error(key, tooLow)).startsWith(key + " must be ");
        assertThat(Props.error(key, tooHigh)).startsWith(key + " must be ");
    }

    @ParameterizedTest
    @MethodSource("numbersAndNonsense")
    void refusesWhatIsNoNumberInRange(String key, String value) {
        assertThat(Props.error(key, value))
                .startsWith(key + " must be ")
                .contains("a whole number from ")
                .doesNotContain(value.isBlank() ? "Invalid value" : value);
    }

    private static Stream<Arguments> numbersAndNonsense() {
        return SinkConfig.definition().configKeys().values().stream()
                .filter(key -> switch (key.type) {
                    case INT, LONG -> true;
                    default -> false;
                })
                .flatMap(key -> Stream.of("-5", "99999999999999999999", "abc", "NaN", "1e3x", "7.5", " ", TEN_MEGABYTES)
                        .map(value -> Arguments.of(key.name, value)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yes", "1", "TRUE!"})
    void refusesAFlagThatIsNeitherTrueNorFalse(String value) {
        assertThat(Props.error("nats.tls.first", value)).isEqualTo("nats.tls.first must be true or false");
    }

    @ParameterizedTest
    @MethodSource("badTexts")
    void refusesAText(String key, String value, String expected) {
        assertThat(Props.error(key, value)).startsWith(key + " ").contains(expected);
    }

    private static Stream<Arguments> badTexts() {
        return Stream.of(
                Arguments.of("nats.connection.name", "", "must not be empty"),
                Arguments.of("nats.connection.name", "a\u0000b", "control character"),
                Arguments.of("nats.connection.name", "a\r\nINFO {}", "control character"),
                Arguments.of("nats.connection.name", "a\u2028b", "control character"),
                Arguments.of("nats.connection.name", TEN_MEGABYTES, "longer than"),
                Arguments.of("subject", "", "must not be empty"),
                Arguments.of("subject", "a\tb", "control character"),
                Arguments.of("subject", TEN_MEGABYTES, "longer than"),
                Arguments.of("nats.inbox.prefix", "", "tokens"),
                Arguments.of("nats.inbox.prefix", ".", "tokens"),
                Arguments.of("nats.inbox.prefix", "_INBOX.>", "tokens"),
                Arguments.of("nats.inbox.prefix", "_INBOX.*", "tokens"),
                Arguments.of("nats.inbox.prefix", "_IN*BOX", "tokens"),
                Arguments.of("nats.inbox.prefix", "_INBOX..a", "tokens"),
                Arguments.of("nats.inbox.prefix", "_INBOX..", "tokens"),
                Arguments.of("nats.inbox.prefix", "a b", "tokens"),
                Arguments.of("nats.inbox.prefix", "post\u00fc", "tokens"),
                Arguments.of("nats.inbox.prefix", "$JS.API", "must not start with $"),
                Arguments.of("nats.inbox.prefix", TEN_MEGABYTES, "longer than"),
                Arguments.of("exactly.once.marker.prefix", "", "tokens"),
                Arguments.of("exactly.once.marker.prefix", "offsets.>", "tokens"),
                Arguments.of("exactly.once.marker.prefix", "offsets.*.a", "tokens"),
                Arguments.of("exactly.once.marker.prefix", "offsets..a", "tokens"),
                Arguments.of("exactly.once.marker.prefix", "offsets a", "tokens"),
                Arguments.of("exactly.once.marker.prefix", "$JS.API", "must not start with $"),
                Arguments.of("jetstream.stream.subjects", "orders.", "tokens"),
                Arguments.of("jetstream.stream.subjects", "orders.>.a", "tokens"),
                Arguments.of("jetstream.stream.subjects", "orders.a*", "tokens"),
                Arguments.of("jetstream.stream.subjects", "orders a", "tokens"),
                Arguments.of("jetstream.stream.subjects", "orders,,audit", "tokens"),
                Arguments.of("jetstream.api.prefix", "", "tokens"),
                Arguments.of("jetstream.api.prefix", "$JS.*.API", "tokens"),
                Arguments.of("jetstream.stream", "", "must be"),
                Arguments.of("jetstream.stream", "a.b", "must be"),
                Arguments.of("jetstream.stream", "a*", "must be"),
                Arguments.of("jetstream.stream", "a/b", "must be"),
                Arguments.of("jetstream.stream", "a b", "must be"),
                Arguments.of("jetstream.stream", "x".repeat(256), "must be"),
                Arguments.of("jetstream.domain", "a.b", "must be"),
                Arguments.of("jetstream.domain", ">", "must be"));
    }

    @ParameterizedTest
    @MethodSource("everyKey")
    void answersTenMegabytesAtAnyKeyShortly(String key) {
        // Props.errors checks the length of every error
        assertThat(Props.errors(Props.with(key, TEN_MEGABYTES))).containsKey(key);
    }

    private static Stream<String> everyKey() {
        return SinkConfig.definition().names().stream();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$x", "_INBOX", "inbox.orders-1", "a$b"})
    void takesAnApiPrefix(String prefix) {
        assertThat(Props.errors(Map.of("nats.servers", "a", "jetstream.api.prefix", prefix)))
                .isEmpty();
    }
}
