package io.jetsink.translate.subject;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.support.Thrown.assertThrown;
import static io.jetsink.translate.Records.at;
import static io.jetsink.translate.Records.withKey;
import static io.jetsink.translate.Records.withValue;
import static io.jetsink.translate.subject.Subjects.mapper;
import static io.jetsink.translate.subject.Subjects.parse;
import static io.jetsink.translate.subject.Subjects.subject;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jetsink.message.RejectedRecordException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is more than topic, partition and key: fields, headers, defaults, and a topic as one token. */
@SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
class SubjectVariablesTest {
    private static final Schema ADDRESS = SchemaBuilder.struct()
            .optional()
            .field("city", Schema.OPTIONAL_STRING_SCHEMA)
            .field("zip", SchemaBuilder.string().optional().defaultValue("0").build())
            .field("country", SchemaBuilder.string().defaultValue("nowhere").build())
            .build();
    private static final Schema CUSTOMER = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field("name", Schema.OPTIONAL_STRING_SCHEMA)
            .field("address", ADDRESS)
            .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).optional().build())
            .field("born", Date.builder().optional().build())
            .field(
                    "days",
                    SchemaBuilder.map(Schema.STRING_SCHEMA, Date.SCHEMA)
                            .optional()
                            .build())
            .build();

    private static Struct customer() {
        return new Struct(CUSTOMER).put("id", 7L).put("name", "Ann. B").put("address", address());
    }

    private static Struct address() {
        return new Struct(ADDRESS).put("city", "K\u00f6ln");
    }

    @ParameterizedTest
    @CsvSource({
        "id, 7",
        "name, Ann%2E%20B",
        "address.city, K%C3%B6ln",
        // A null that is meant as one, and one that may not be.
        "address.zip:-none, none",
        "address.country:-none, nowhere",
    })
    void aFieldOfAStructBecomesOneToken(String path, String token) {
        assertThat(subject("a.${value." + path + "}.b", withValue(CUSTOMER, customer())))
                .isEqualTo("a." + token + ".b");
        assertThat(subject("a.${key." + path + "}.b", withKey(customer()))).isEqualTo("a." + token + ".b");
    }

    @Test
    void aFieldOfAMapBecomesOneToken() {
        Map<String, Object> value = Map.of(
                "id", 7, "a", Map.of("b", Map.of("c d", "x.y")), "__proto__", "p", "address", address(), "a:b", 1.5);

        assertThat(subject("${value.id}", withValue(null, value))).isEqualTo("7");
        assertThat(subject("${value.a.b.c d}", withValue(null, value))).isEqualTo("x%2Ey");
        assertThat(subject("${value.__proto__}", withValue(null, value))).isEqualTo("p");
        assertThat(subject("${value.address.city}", withValue(null, value))).isEqualTo("K%C3%B6ln");
        assertThat(subject("${value.a:b}", withValue(null, value))).isEqualTo("1%2E5");
        assertThat(subject("${key.a.b.c d}", withKey(value))).isEqualTo("x%2Ey");
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments(null, "a b", "a%20b"),
                arguments(null, "*", "%2A"),
                arguments(null, "a.>", "a%2E%3E"),
                arguments(null, "\r\nPUB x 0", "%0D%0APUB%20x%200"),
                arguments(null, "$JS.API.STREAM.DELETE.X", "%24JS%2EAPI%2ESTREAM%2EDELETE%2EX"),
                arguments(null, "\ud800", "%ED%A0%80"),
                arguments(null, new byte[] {1, '.'}, "%01%2E"),
                arguments(null, ByteBuffer.wrap("xab.y".getBytes(UTF_8), 1, 3).slice(), "ab%2E"),
                arguments(null, (byte) -1, "-1"),
                arguments(null, Long.MIN_VALUE, "-9223372036854775808"),
                arguments(null, true, "true"),
                arguments(null, 2.0E-3, "0%2E002"),
                // Java 17's own text of this has a digit more than it takes.
                arguments(null, 2.0E-3f, "0%2E002"),
                arguments(null, 5.684341886080802E-14, "5%2E684341886080802E-14"),
                arguments(Decimal.schema(2), new BigDecimal("-12.50"), "-12%2E50"),
                arguments(Date.SCHEMA, new java.util.Date(0), "1970-01-01"),
                arguments(Date.SCHEMA, new java.util.Date(-86_400_000), "1969-12-31"),
                arguments(Time.SCHEMA, new java.util.Date(86_399_999), "23%3A59%3A59%2E999"),
                arguments(Timestamp.SCHEMA, new java.util.Date(0), "1970-01-01T00%3A00%3A00%2E000Z"),
                arguments(null, new java.util.Date(-1), "1969-12-31T23%3A59%3A59%2E999Z"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueIsTheSameWhereverItIs(@Nullable Schema schema, Object value, String token) {
        assertThat(subject("a.${value.f}", withValue(null, Map.of("f", value)))).satisfies(subject -> {
            if (!(value instanceof java.util.Date) || schema == null) {
                assertThat(subject).isEqualTo("a." + token);
            }
        });
        SinkRecord record = new SinkRecord("t", 0, schema, value, null, null, 7);
        record.headers().add("h", value, schema);
        assertThat(subject("a.${key}", record)).isEqualTo("a." + token);
        assertThat(subject("a.${header.h}", record)).isEqualTo("a." + token);
        if (schema != null) {
            Schema struct = SchemaBuilder.struct().field("f", schema).build();
            assertThat(subject("a.${value.f}", withValue(struct, new Struct(struct).put("f", value))))
                    .isEqualTo("a." + token);
            Schema map = SchemaBuilder.map(Schema.STRING_SCHEMA, schema).build();
            assertThat(subject("a.${value.f}", withValue(map, Map.of("f", value))))
                    .isEqualTo("a." + token);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, -1, 86_400_000})
    void aDateThatIsNoneOfItsSchemaIsRejected(long millis) {
        Schema schema = millis == 86_400_000 ? Time.SCHEMA : Date.SCHEMA;
        SinkRecord record = withKey(null);
        record.headers().add("h", new java.util.Date(millis), schema);

        assertRejected(() -> subject("a.${header.h:-none}", record))
                .hasMessageContainingAll("header h is not a valid " + schema.name(), "${header.h} in subject");
    }

    static Stream<Arguments> absent() {
        Map<String, @Nullable Object> nulls = new HashMap<>();
        nulls.put("a", null);
        return Stream.of(
                arguments("${key}", withKey(null), "no key"),
                arguments("${key}", withKey(""), "key is empty"),
                arguments("${key.a}", withKey(null), "no key at a"),
                arguments("${value.a}", withValue(null, null), "no value at a"),
                arguments("${value.a}", withValue(null, Map.of()), "no value at a"),
                arguments("${value.a}", withValue(null, nulls), "no value at a"),
                arguments("${value.a.b}", withValue(null, nulls), "no value at a.b"),
                arguments("${value.a}", withValue(null, Map.of("a", "")), "value at a is empty"),
                arguments("${value.a}", withValue(null, Map.of("a", new byte[0])), "value at a is empty"),
                arguments("${value.a}", withValue(null, Map.of(1, "x")), "no value at a"),
                arguments("${value.a}", withValue(null, new TreeMap<>(Map.of(1, "x"))), "no value at a"),
                arguments("${value.none}", withValue(CUSTOMER, customer()), "no value at none"),
                arguments("${value.born}", withValue(CUSTOMER, customer()), "no value at born"),
                arguments("${value.days.x}", withValue(CUSTOMER, customer()), "no value at days.x"),
                arguments("${value.__proto__}", withValue(CUSTOMER, customer()), "no value at __proto__"),
                arguments("${header.h}", withKey("k"), "no header h"),
                arguments("${header.x}", withHeader("x", null), "no header x"),
                arguments("${header.x}", withHeader("x", ""), "header x is empty"),
                arguments("${timestamp:yyyy}", withKey("k"), "no timestamp"),
                arguments("${topic}", at("", 0, null), "no topic"),
                arguments("${topic:token}", at(null, 0, null), "no topic"));
    }

    @ParameterizedTest
    @MethodSource("absent")
    void whatIsNotThereIsRejectedOrHasADefault(String variable, SinkRecord record, String reason) {
        String name = variable.substring(2, variable.length() - 1);
        assertRejected(() -> subject("x." + variable, record))
                .hasMessageContainingAll(
                        reason + ", and " + variable + " in subject requires one: change subject",
                        "${" + name + ":-none}")
                .hasMessageStartingWith("The record");
        assertThat(subject("x.${" + name + ":-no.ne!}.y", record)).isEqualTo("x.no.ne!.y");
        assertThat(subject("${" + name + ":-none}", record)).isEqualTo("none");
    }

    static Stream<Arguments> unusable() {
        List<String> secret = List.of("secret");
        return Stream.of(
                arguments("${key}", withKey(customer()), "key is a org.apache.kafka.connect.data.Struct"),
                arguments(
                        "${key.address}",
                        withKey(customer()),
                        "key at address is a org.apache.kafka.connect.data.Struct"),
                arguments("${value.a}", withValue(null, Map.of("a", secret)), "value at a is a java.util.Immutable"),
                arguments(
                        "${value.a}",
                        withValue(null, Map.of("a", Map.of("b", "secret"))),
                        "value at a is a java.util."),
                arguments("${header.x}", withHeader("x", secret), "header x is a java.util.Immutable"),
                arguments("${value.a}", withValue(null, "secret"), "value is a java.lang.String, which has no fields"),
                arguments("${value.a}", withValue(null, new byte[3]), "value is a byte array, which has no fields"),
                arguments("${value.a}", withValue(null, secret), "which has no fields"),
                arguments(
                        "${value.a.b.c}",
                        withValue(null, Map.of("a", Map.of("b", "secret"))),
                        "value at a.b is a java.lang.String, which has no fields"),
                arguments("${key.id.x}", withKey(customer()), "key at id is a java.lang.Long, which has no fields"));
    }

    /** A default is for what is not there, and does not hide what is wrong. */
    @ParameterizedTest
    @MethodSource("unusable")
    void whatMakesNoTokenIsRejectedInSpiteOfADefault(String variable, SinkRecord record, String reason) {
        String name = variable.substring(2, variable.length() - 1);
        for (String form : List.of(variable, "${" + name + ":-none}")) {
            assertRejected(() -> subject("x." + form, record), reason, "${" + name + "} in subject", "change subject")
                    .hasMessageNotContaining("secret");
        }
    }

    @Test
    void theLastHeaderOfANameCountsWhateverDotsItHas() {
        SinkRecord record = withKey("k");
        record.headers()
                .addString("a.b", "first")
                .addString("a", "x")
                .addString("a.b", "last")
                .addString("A.B", "y");

        assertThat(subject("${header.a.b}", record)).isEqualTo("last");
        assertThat(subject("${header.a}", record)).isEqualTo("x");
        assertThat(subject("${header.b:-none}", record)).isEqualTo("none");
    }

    @ParameterizedTest
    @CsvSource({
        "a.b, a%2Eb",
        "., %2E",
        "a..b, a%2E%2Eb",
        "$JS.API, %24JS%2EAPI",
    })
    void aTopicCanBeOneToken(String topic, String token) {
        assertThat(subject("x.${topic:token}.${partition}", at(topic, 4, null))).isEqualTo("x." + token + ".4");
    }

    @Test
    void aReservedFirstTokenIsRejectedWhereverItComesFrom() {
        SinkRecord record = withValue(null, Map.of("a", "_INBOX", "b", "BOX"));
        record.headers().addString("h", "_R_");

        for (String template :
                List.of("${value.a}.x", "_IN${value.b}.x", "${header.h}.x", "_IN${header.none:-BOX}.x")) {
            assertThatThrownBy(() -> subject(template, record))
                    .as(template)
                    .isInstanceOf(RejectedRecordException.class)
                    .hasMessageContaining("The subject would begin with _");
        }
    }

    @Test
    void aDefaultCountsAgainstTheLimits() {
        String template = "${header.a:-" + "d".repeat(1000) + "}.${key}";

        assertThat(subject(template, withKey("k".repeat(23)))).hasSize(1024);
        assertRejected(() -> subject(template, withKey("k".repeat(24))), "longer than 1024 bytes");
        assertRejected(() -> subject("${header.a:-a" + ".a".repeat(31) + "}.${key}", withKey("k")))
                .hasMessageContaining("33 tokens");
    }

    /** The path, the structure, and one that holds itself. */
    @Test
    void noDepthIsTooMuch() {
        int depth = 2000;
        Map<String, Object> deep = nested(depth);
        Map<String, Object> endless = new HashMap<>();
        endless.put("a", endless);
        String path = String.join(".", Collections.nCopies(depth, "a"));

        assertThat(subject("${value." + path + "}", withValue(null, deep))).isEqualTo("end");
        assertRejected(() -> subject("${value." + path + "}", withValue(null, endless)))
                .hasMessageContaining("is a java.util.HashMap");
        assertRejected(() -> subject("${value." + path + ".a}", withValue(null, deep)))
                .hasMessageContaining("is a java.lang.String, which has no fields");
        assertRejected(() -> subject("${value.a}", withValue(null, nested(100_000))));
    }

    private static Map<String, Object> nested(int depth) {
        Map<String, Object> nested = Map.of("a", "end");
        for (int level = 1; level < depth; level++) {
            nested = Map.of("a", nested);
        }
        return nested;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    yyyy           | 2026
                    yyyy.MM.dd     | 2026.08.01
                    yyyy-MM-dd     | 2026-08-01
                    HH:mm          | 21%3A05
                    uuuu.'W'ww     | 2026.W31
                    YYYY-'W'ww-e   | 2026-W31-6
                    EEE.MMM        | Sat.Aug
                    yyyy/MM        | 2026%2F08
                    'a b'.HH       | a%20b.21
                    HH'.'mm        | 21.05
                    [yyyy].[MM]    | 2026.08
                    VV.X           | Z.Z
                    SSS            | 007
                    h a            | 9%20PM
                    """)
    void aTimestampIsWrittenInUtcByItsPattern(String pattern, String tokens) {
        assertThat(subject("a.${timestamp:" + pattern + "}.b", stamped(1785618305007L)))
                .isEqualTo("a." + tokens + ".b");
    }

    @Test
    void theTextOfATimestampIsRememberedForAsLongAsItHolds() {
        long day = 86_400_000;
        for (String pattern : List.of("yyyy.MM.dd", "HH", "mm", "ss", "SSS", "a", "DD:A", "'s'e", "G'''A'")) {
            TemplateSubjectMapper subjects = mapper("${timestamp:" + pattern + "}");
            for (long at :
                    new long[] {0, 1, 999, 1000, 59_999, 60_000, 3_600_000, day / 2, day - 1, day, -1, -day, 0}) {
                assertThat(subjects.subjectFor(stamped(at)))
                        .as(pattern + " at " + at)
                        .isEqualTo(subject("${timestamp:" + pattern + "}", stamped(at)));
            }
        }
        TemplateSubjectMapper byDay = mapper("${timestamp:yyyy.MM.dd}.${timestamp:ss}");
        assertThat(byDay.subjectFor(stamped(1000))).isEqualTo("1970.01.01.01");
        assertThat(byDay.subjectFor(stamped(2000))).isEqualTo("1970.01.01.02");
        assertThat(byDay.subjectFor(stamped(day + 2000))).isEqualTo("1970.01.02.02");
    }

    @Test
    void anyTimestampMakesAValidSubject() {
        for (long at : new long[] {Long.MIN_VALUE, Long.MAX_VALUE, -1, 0, -62_167_219_200_001L}) {
            assertThat(subject("${timestamp:yyyy.uuuu.yy.MM.dd.nAN}", stamped(at)))
                    .matches("[A-Za-z0-9%-]+(\\.[A-Za-z0-9%-]+){5}");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "yyyy.", ".yyyy", "yyyy..MM", "b", "'", "{", "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", "''.", "[]"})
    void aPatternThatCannotBeUsedIsAConfigError(String pattern) {
        assertThrown(ConfigException.class, () -> parse("a.${timestamp:" + pattern + "}"))
                .hasMessageStartingWith("[JS-1001] Invalid value a.${timestamp:" + pattern
                        + "} for configuration subject:" + " at position 3: an invalid timestamp pattern: ");
    }

    @Test
    void anyDepthOfAPatternIsFine() {
        assertThat(subject("${timestamp:" + "[".repeat(4000) + "yyyy}", stamped(0)))
                .isEqualTo("1970");
    }

    @ParameterizedTest
    @CsvSource({
        "orders.${key}, orders.*",
        "orders.${topic}.${key}, orders.>",
        "orders.${topic:token}.${key}, orders.*.*",
        "orders.${topic:token:-a.b}.x, orders.>",
        "${partition}.${value.a.b}.x, *.*.x",
        "a.${value.a:-none}.b, a.*.b",
        "a.${value.a:-none.at.all}.b, a.>",
        "a.${header.x}-${key}.b, a.*.b",
        "a.${timestamp:yyyy.MM.dd}.b, a.*.*.*.b",
        "a.x${timestamp:yyyy.MM}y.b, a.*.*.b",
        "a.${timestamp:yyyy.MM:-no.time}.b, a.*.*.b",
        "a.${timestamp:yyyy.MM:-none}.b, a.>",
        "fixed.subject, fixed.subject",
    })
    void aFilterCoversAllThatATemplateMakes(String template, String filter) {
        assertThat(mapper(template).subjects()).containsExactly(filter);
    }

    @Test
    void onlyTopicAndPartitionFixASubject() {
        for (String fixed : Arrays.asList("a", "${topic}", "${topic:token:-x}", "a.${topic}.${partition}")) {
            assertThat(parse(fixed).fixedPerPartition()).as(fixed).isTrue();
        }
        for (String other : Arrays.asList("${key}", "${key.a}", "${value.a:-x}", "${header.h}", "${timestamp:yyyy}")) {
            assertThat(parse("a.${topic}." + other).fixedPerPartition())
                    .as(other)
                    .isFalse();
        }
    }

    private static SinkRecord stamped(long timestamp) {
        return withKey("k").newRecord("t", 0, null, "k", null, "v", timestamp);
    }

    private static SinkRecord withHeader(String name, @Nullable Object value) {
        SinkRecord record = withKey("k");
        record.headers().add(name, value, null);
        return record;
    }
}
