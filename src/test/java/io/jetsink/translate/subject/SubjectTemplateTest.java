package io.jetsink.translate.subject;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.support.Thrown.assertThrown;
import static io.jetsink.translate.Records.at;
import static io.jetsink.translate.Records.withKey;
import static io.jetsink.translate.subject.Subjects.mapper;
import static io.jetsink.translate.subject.Subjects.parse;
import static io.jetsink.translate.subject.Subjects.subject;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubjectTemplateTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                    | position 1: the template is empty
                    .a                    | position 1: a dot that leaves an empty token
                    a.                    | position 2: a dot that leaves an empty token
                    a..b                  | position 3: a dot that leaves an empty token
                    ${topic}.             | position 9: a dot that leaves an empty token
                    .${topic}             | position 1: a dot that leaves an empty token
                    ${topic}..${key}      | position 10: a dot that leaves an empty token
                    ${offset}             | position 1: unknown variable 'offset'
                    a.${Topic}            | position 3: unknown variable 'Topic'
                    ${}                   | position 1: unknown variable ''
                    ${ key}               | position 1: unknown variable ' key'
                    ${value}              | position 1: unknown variable 'value'
                    ${headers.a}          | position 1: unknown variable 'headers.a'
                    ${header.}            | position 1: unknown variable 'header.'
                    ${timestamp}          | position 1: unknown variable 'timestamp'
                    ${key:token}          | position 1: unknown variable 'key:token'
                    ${topic:tokens}       | position 1: unknown variable 'topic:tokens'
                    ${topic.a}            | position 1: unknown variable 'topic.a'
                    a.${key.}             | position 3: an empty name in the path of 'key.'
                    ${value.a..b}         | position 1: an empty name in the path of 'value.a..b'
                    ${value..a}           | position 1: an empty name in the path of 'value..a'
                    ${value.a.}           | position 1: an empty name in the path of 'value.a.'
                    ${value.${key}}       | position 15: a '}'
                    a.${key:-}            | position 3: an empty default
                    ${:-a}                | position 1: unknown variable ''
                    ${key:-.a}            | position 8: a dot that leaves an empty token
                    ${key:-a.}            | position 9: a dot that leaves an empty token
                    ${key:-a..b}          | position 10: a dot that leaves an empty token
                    ${key:-.}             | position 8: a dot that leaves an empty token
                    ${key:-a b}           | position 9: a blank, control or non-ASCII character (U+0020)
                    ${key:-*}             | position 8: a '*'
                    ${key:->}             | position 8: a '>'
                    ${key:-${topic}}      | position 8: a '$'
                    ${key:-$JS.API}       | position 8: a '$'
                    ${key:-_INBOX}.x      | position 8: it begins with _INBOX, which NATS reserves
                    ${a${key}}            | position 1: unknown variable 'a${key'
                    a.${key               | position 3: '${' without a closing '}'
                    ${                    | position 1: '${' without a closing '}'
                    ${key}}               | position 7: a '}'
                    a.{key}               | position 3: a '{'
                    a.$key                | position 3: a '$'
                    a.$                   | position 3: a '$'
                    a.*                   | position 3: a '*'
                    a*b.c                 | position 2: a '*'
                    a.>                   | position 3: a '>'
                    >                     | position 1: a '>'
                    'a b'                 | position 2: a blank, control or non-ASCII character (U+0020)
                    caf\u00e9.${key}      | position 4: a blank, control or non-ASCII character (U+00E9)
                    $JS.API.${key}        | position 1: it begins with $, which NATS reserves
                    $${key}               | position 1: it begins with $, which NATS reserves
                    $                     | position 1: it begins with $, which NATS reserves
                    _INBOX.${key}         | position 1: it begins with _INBOX, which NATS reserves
                    _INBOX${key}          | position 1: it begins with _INBOX, which NATS reserves
                    _R_.${key}            | position 1: it begins with _R_, which NATS reserves
                    _GR_.${key}           | position 1: it begins with _GR_, which NATS reserves
                    """)
    void anInvalidTemplateIsAConfigErrorThatSaysWhereAndWhatIsAllowed(String template, String reason) {
        assertThrown(ConfigException.class, () -> parse(template))
                .hasMessageContainingAll(
                        "Allowed are the variables ${topic}, ${topic:token}, ${partition}, ${key}, ",
                        " in tokens separated by single dots.")
                .hasMessageStartingWith(
                        "[JS-1001] Invalid value " + template + " for configuration subject: at " + reason + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\tb", "a\nb", "a\r\nPUB x 0", "a\0b", "a\u007fb", "a\u00a0b", "a\u2028b", "a\ud800b"})
    void aControlCharacterInATemplateIsAConfigError(String template) {
        assertThrown(ConfigException.class, () -> parse(template))
                .hasMessageContaining("subject: at position 2: a blank, control or non-ASCII character");
    }

    @Test
    void aTemplateThatNoRecordCanFillIsAConfigError() {
        assertThat(subject("a.".repeat(31) + "${key}", withKey("k"))).endsWith("a.k");
        assertThrown(ConfigException.class, () -> parse("a.".repeat(32) + "${key}"))
                .hasMessageContaining("for configuration subject: every subject would have at least 65 bytes and 33");
        assertThat(subject("a".repeat(1023) + "${key}", withKey("k"))).hasSize(1024);
        assertThrown(ConfigException.class, () -> parse("a".repeat(1024) + "${key}"))
                .hasMessageContaining("for configuration subject: every subject would have at least 1025 bytes and 1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    fixed                         | fixed
                    a.b-c_d:e%2F!                 | a.b-c_d:e%2F!
                    ${topic}                      | shop.orders
                    ${partition}                  | 3
                    ${key}                        | k%201
                    orders.${topic}.${key}        | orders.shop.orders.k%201
                    orders-${key}.x               | orders-k%201.x
                    ${topic}${partition}${key}    | shop.orders3k%201
                    ${key}.${key}                 | k%201.k%201
                    _INBO.${key}                  | _INBO.k%201
                    a._INBOX.${key}               | a._INBOX.k%201
                    """)
    void variablesAreReplaced(String template, String subject) {
        assertThat(subject(template, at("shop.orders", 3, "k 1"))).isEqualTo(subject);
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                arguments("plain-Key_09", "plain-Key_09"),
                arguments("a.b", "a%2Eb"),
                arguments("...", "%2E%2E%2E"),
                arguments("*", "%2A"),
                arguments("a.>", "a%2E%3E"),
                arguments("%2E", "%252E"),
                arguments(" ", "%20"),
                arguments("\r\nPUB x 0\r\n\0\u0007\u007f", "%0D%0APUB%20x%200%0D%0A%00%07%7F"),
                arguments("$JS.API.STREAM.DELETE.X", "%24JS%2EAPI%2ESTREAM%2EDELETE%2EX"),
                arguments("\u00e9", "%C3%A9"),
                arguments("\u65e5\u672c", "%E6%97%A5%E6%9C%AC"),
                arguments("\u0080\u07ff\u0800\uffff", "%C2%80%DF%BF%E0%A0%80%EF%BF%BF"),
                arguments("\ud83d\ude00", "%F0%9F%98%80"),
                arguments("\udbff\udfff", "%F4%8F%BF%BF"),
                arguments("\ud800", "%ED%A0%80"),
                arguments("\udfff", "%ED%BF%BF"),
                arguments("\ude00\ud83d", "%ED%B8%80%ED%A0%BD"),
                arguments("a\ud83d?", "a%ED%A0%BD%3F"),
                arguments("?", "%3F"),
                arguments("\ufffd", "%EF%BF%BD"),
                arguments(new byte[] {'a', '.', 0, (byte) 0xff, (byte) 0x80}, "a%2E%00%FF%80"),
                arguments(ByteBuffer.wrap("xab.y".getBytes(UTF_8), 1, 3).slice(), "ab%2E"),
                arguments(ByteBuffer.wrap("xab.y".getBytes(UTF_8), 1, 3).asReadOnlyBuffer(), "ab%2E"),
                arguments(0, "0"),
                arguments((byte) -128, "-128"),
                arguments((short) 10, "10"),
                arguments(Integer.MIN_VALUE, "-2147483648"),
                arguments(Long.MIN_VALUE, "-9223372036854775808"),
                arguments(Long.MAX_VALUE, "9223372036854775807"),
                arguments(true, "true"),
                arguments(1.5f, "1%2E5"),
                arguments(-0.0, "-0%2E0"),
                arguments(Double.NaN, "NaN"),
                arguments(new BigDecimal("12.50"), "12%2E50"),
                arguments(new BigDecimal("1E+3"), "1000"),
                arguments(new BigDecimal("1E+2000000000"), "1E%2B2000000000"),
                arguments(new BigInteger("-123456789012345678901234567890"), "-123456789012345678901234567890"));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aKeyBecomesOneToken(Object key, String token) {
        assertThat(subject("${key}", withKey(key))).isEqualTo(token);
        assertThat(subject("a.${key}.b", withKey(key))).isEqualTo("a." + token + ".b");
    }

    @Test
    void aBuffersPositionIsLeftAlone() {
        ByteBuffer key = ByteBuffer.wrap("key".getBytes(UTF_8));

        assertThat(subject("${key}", withKey(key))).isEqualTo("key");
        assertThat(subject("${key}", withKey(key))).isEqualTo("key");
    }

    static Stream<Arguments> unusableKeys() {
        Schema schema = SchemaBuilder.struct().field("id", Schema.STRING_SCHEMA).build();
        return Stream.of(
                arguments(null, "has no key"),
                arguments("", "key is empty"),
                arguments(new byte[0], "key is empty"),
                arguments(ByteBuffer.allocate(0), "key is empty"),
                arguments(new Struct(schema).put("id", "secret"), "org.apache.kafka.connect.data.Struct"),
                arguments(Map.of("id", "secret"), "Map"),
                arguments(List.of("secret"), "List"),
                arguments(new UUID(1, 2), "java.util.UUID"));
    }

    @ParameterizedTest
    @MethodSource("unusableKeys")
    void aRecordWithoutAUsableKeyIsRejected(@Nullable Object key, String reason) {
        assertRejected(() -> subject("${topic}.${key}", withKey(key)))
                .hasMessageContainingAll(reason, "${key} in subject", "change subject")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aKeyDoesNotMatterToATemplateWithoutIt() {
        assertThat(subject("${topic}.${partition}", withKey(null))).isEqualTo("orders.3");
        assertThat(subject("${topic}.${partition}", withKey(Map.of()))).isEqualTo("orders.3");
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
                    a.b,         a.b
                    a_b,         a_b
                    a%2Eb,       a%252Eb
                    a..b,        a%2E%2Eb
                    a...b,       a%2E%2E%2Eb
                    .a,          %2Ea
                    a.,          a%2E
                    .,           %2E
                    ..,          %2E%2E
                    .a.b.,       %2Ea.b%2E
                    a.b..c.d,    a.b%2E%2Ec.d
                    a b.*.>,     a%20b.%2A.%3E
                    $JS.API,     %24JS.API
                    \u00e9.x,    %C3%A9.x
                    """)
    void aTopicKeepsTheDotsThatPartTokens(String topic, String tokens) {
        assertThat(subject("${topic}", at(topic, 0, null))).isEqualTo(tokens);
        assertThat(subject("a.${topic}.${partition}", at(topic, 0, null))).isEqualTo("a." + tokens + ".0");
    }

    @ParameterizedTest
    @CsvSource({
        "${topic}, _INBOX.x",
        "${topic}, _INBOX",
        "${topic}, _R_.x",
        "${topic}, _GR_.x",
        "_IN${topic}, BOX.x",
        "_${key}.a, R_",
        "${key}, _INBOX"
    })
    void aReservedFirstTokenIsRejected(String template, String value) {
        assertRejected(() -> subject(template, at(value, 0, value)))
                .hasMessageContainingAll(
                        "The subject would begin with _", "begin the template in subject with text and a dot");
        assertThat(subject("a." + template, at(value, 0, value))).startsWith("a._");
    }

    @Test
    void aRecordWithoutATopicIsRejected() {
        for (String topic : new String[] {null, ""}) {
            assertRejected(() -> subject("${topic}", at(topic, 0, "k"))).hasMessageContaining("${topic} in subject");
        }
    }

    static Stream<Arguments> limits() {
        return Stream.of(
                // Template, the longest key it takes, the shortest it refuses.
                arguments("${key}", "k".repeat(1024), "k".repeat(1025)),
                arguments("${key}", ".".repeat(341), ".".repeat(342)),
                arguments("${key}", "\ud83d\ude00".repeat(85), "\ud83d\ude00".repeat(86)),
                arguments("${key}", new byte[341], new byte[342]),
                arguments("a.${key}", "k".repeat(1022), "k".repeat(1023)),
                arguments("${key}.bcd", "k".repeat(1020), "k".repeat(1021)),
                arguments("${key}${partition}", "k".repeat(1023), "k".repeat(1024)),
                arguments("${key}", "k".repeat(10), "k".repeat(5000)),
                arguments("${key}", "k".repeat(10), new byte[70_000]));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aSubjectOfMoreThan1024BytesIsRejected(String template, Object longest, Object tooLong) {
        TemplateSubjectMapper subjects = mapper(template);

        assertRejected(() -> subjects.subjectFor(withKey(tooLong)))
                .hasMessageContainingAll("The subject would be longer than 1024 bytes", "change subject")
                .hasMessageNotContaining("kkk");
        // What was rejected leaves nothing behind.
        assertThat(subjects.subjectFor(withKey(longest))).hasSizeBetween(10, 1024);
    }

    @Test
    void theLengthOfAKeyThatIsTooLongIsSaid() {
        assertThatThrownBy(() -> subject("${key}", withKey("k".repeat(5000))))
                .hasMessageContaining("${key} has a length of 5000 before encoding");
    }

    @Test
    void aSubjectOfMoreThan32TokensIsRejected() {
        assertThat(subject("${topic}", at("t" + ".t".repeat(31), 0, null))).hasSize(63);
        assertRejected(() -> subject("${topic}", at("t" + ".t".repeat(32), 0, null)))
                .hasMessageContaining("33 tokens, and 32 are allowed: change subject");
    }

    @Test
    void aSubjectIsBuiltOncePerRunOfOnePartitionIfNothingElseDeterminesIt() {
        TemplateSubjectMapper subjects = mapper("x.${topic}.${partition}");

        String first = subjects.subjectFor(at("a", 0, "k1"));
        assertThat(subjects.subjectFor(at("a", 0, "k2"))).isSameAs(first).isEqualTo("x.a.0");
        assertThat(subjects.subjectFor(at("a", 1, "k1"))).isEqualTo("x.a.1");
        assertThat(subjects.subjectFor(at("b", 1, "k1"))).isEqualTo("x.b.1");
        assertRejected(() -> subjects.subjectFor(at(null, 1, "k1")));
        assertThat(subjects.subjectFor(at("b", 1, "k1"))).isEqualTo("x.b.1");
    }
}
