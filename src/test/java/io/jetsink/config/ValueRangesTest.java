package io.jetsink.config;

import static io.jetsink.config.Props.each;
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
        assertThat(Props.errors(key, lowest)).isEmpty();
        assertThat(Props.errors(key, highest)).isEmpty();
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
                    default -> key.name.equals(PublishSettings.MAX_PENDING_CONFIG);
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
                        each("nats.connection.name", "must not be empty", ""),
                        each("nats.connection.name", "control character", "a\u0000b", "a\r\nINFO {}", "a\u2028b"),
                        each("nats.connection.name", "longer than", TEN_MEGABYTES),
                        each("subject", "must not be empty", ""),
                        each("subject", "control character", "a\tb"),
                        each("subject", "longer than", TEN_MEGABYTES),
                        each(
                                "nats.inbox.prefix",
                                "tokens",
                                "",
                                ".",
                                "_INBOX.>",
                                "_INBOX.*",
                                "_IN*BOX",
                                "_INBOX..a",
                                "_INBOX..",
                                "a b",
                                "post\u00fc"),
                        each("nats.inbox.prefix", "must not start with $", "$JS.API"),
                        each("nats.inbox.prefix", "longer than", TEN_MEGABYTES),
                        each(
                                "exactly.once.marker.prefix",
                                "tokens",
                                "",
                                "offsets.>",
                                "offsets.*.a",
                                "offsets..a",
                                "offsets a"),
                        each("exactly.once.marker.prefix", "must not start with $", "$JS.API"),
                        each(
                                "jetstream.stream.subjects",
                                "tokens",
                                "orders.",
                                "orders.>.a",
                                "orders.a*",
                                "orders a",
                                "orders,,audit"),
                        each("jetstream.api.prefix", "tokens", "", "$JS.*.API"),
                        each("jetstream.stream", "must be", "", "a.b", "a*", "a/b", "a b", "x".repeat(256)),
                        each("jetstream.domain", "must be", "a.b", ">"))
                .flatMap(rows -> rows);
    }

    @ParameterizedTest
    @MethodSource("everyKey")
    void answersTenMegabytesAtAnyKeyShortly(String key) {
        // Props.errors checks the length of every error
        assertThat(Props.errors(key, TEN_MEGABYTES)).containsKey(key);
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
