package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.translate.Records.ordered;
import static io.jetsink.translate.Records.withValue;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jetsink.support.Translations;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
class JsonPayloadEncoderTest {
    private static final long DAY = TimeUnit.DAYS.toMillis(1);

    private final JsonPayloadEncoder encoder =
            new JsonPayloadEncoder(Translations.of().payload());

    static Stream<Arguments> values() {
        return Stream.of(
                arguments(null, "text", "\"text\""),
                arguments(null, "", "\"\""),
                arguments(null, "\"\\/\b\f\n\r\t\0\u001f\u007f", "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001F\u007f\""),
                arguments(null, "\u00e9\u65e5\u2028", "\"\u00e9\u65e5\u2028\""),
                arguments(null, "\ud83d\ude00", "\"\\uD83D\\uDE00\""),
                arguments(null, "a\ud800b", "\"a\\uD800b\""),
                arguments(null, "\udc00", "\"\\uDC00\""),
                arguments(null, new byte[] {0, 1, (byte) 0xff, (byte) 0xfe}, "\"AAH//g==\""),
                arguments(null, new byte[0], "\"\""),
                arguments(null, ByteBuffer.wrap(new byte[] {9, 0, 1, 9}, 1, 2), "\"AAE=\""),
                arguments(null, true, "true"),
                arguments(null, (byte) -1, "-1"),
                arguments(null, (short) 2, "2"),
                arguments(null, 3, "3"),
                arguments(null, Long.MIN_VALUE, "-9223372036854775808"),
                arguments(null, 1.0f, "1.0"),
                arguments(null, 0.1f, "0.1"),
                arguments(null, 2e-3, "0.002"),
                arguments(null, -0.0, "-0.0"),
                arguments(null, Double.NaN, "\"NaN\""),
                arguments(null, Double.POSITIVE_INFINITY, "\"Infinity\""),
                arguments(null, Float.NEGATIVE_INFINITY, "\"-Infinity\""),
                arguments(null, new BigInteger("123456789012345678901234567890"), "123456789012345678901234567890"),
                arguments(Decimal.schema(2), new BigDecimal("1234567890123456789.50"), "1234567890123456789.50"),
                arguments(Decimal.schema(-3), new BigDecimal("1E+3"), "1000"),
                arguments(Decimal.schema(8), new BigDecimal("0.00000001"), "0.00000001"),
                arguments(null, new BigDecimal("-1E-2000000000"), "-1E-2000000000"),
                arguments(null, new BigDecimal("1E+2000000000"), "1E+2000000000"),
                arguments(Date.SCHEMA, new java.util.Date(0), "\"1970-01-01\""),
                arguments(Date.SCHEMA, new java.util.Date(-DAY), "\"1969-12-31\""),
                arguments(Time.SCHEMA, new java.util.Date(0), "\"00:00:00.000\""),
                arguments(Time.SCHEMA, new java.util.Date(DAY - 1), "\"23:59:59.999\""),
                arguments(Timestamp.SCHEMA, new java.util.Date(0), "\"1970-01-01T00:00:00.000Z\""),
                arguments(Timestamp.SCHEMA, new java.util.Date(-1), "\"1969-12-31T23:59:59.999Z\""),
                arguments(null, date("2026-08-01T12:34:56.780Z"), "\"2026-08-01T12:34:56.780Z\""),
                arguments(null, List.of(), "[]"),
                arguments(null, Map.of(), "{}"),
                arguments(null, Arrays.asList(1, "a", null, List.of(true)), "[1,\"a\",null,[true]]"),
                arguments(
                        null,
                        ordered("z", 1, "a", null, "m", ordered("x", List.of())),
                        "{\"z\":1,\"a\":null,\"m\":{\"x\":[]}}"),
                arguments(null, ordered(2, "b", 1, "a"), "{\"2\":\"b\",\"1\":\"a\"}"),
                arguments(null, ordered(true, 1), "{\"true\":1}"),
                arguments(null, ordered(1.5, 1), "{\"1.5\":1}"),
                arguments(
                        SchemaBuilder.array(Date.SCHEMA).build(), List.of(new java.util.Date(DAY)), "[\"1970-01-02\"]"),
                arguments(
                        SchemaBuilder.map(Schema.INT64_SCHEMA, Time.SCHEMA).build(),
                        ordered(5L, new java.util.Date(1)),
                        "{\"5\":\"00:00:00.001\"}"),
                // A value that is not what its schema says goes by what it is.
                arguments(Schema.STRING_SCHEMA, List.of(1), "[1]"),
                arguments(Date.SCHEMA, 20_000, "20000"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void aValueHasExactlyThisForm(@Nullable Schema schema, Object value, String expected) {
        assertThat(json(schema, value)).isEqualTo(expected);
    }

    @Test
    void aStructHasExactlyThisForm() {
        Schema address = SchemaBuilder.struct()
                .optional()
                .field("city", Schema.STRING_SCHEMA)
                .field("zip", Schema.OPTIONAL_INT32_SCHEMA)
                .build();
        Schema schema = SchemaBuilder.struct()
                .field("z id", Schema.INT64_SCHEMA)
                .field("price", Decimal.schema(2))
                .field("day", Date.SCHEMA)
                .field("time", Time.SCHEMA)
                .field("at", Timestamp.SCHEMA)
                .field("raw", Schema.BYTES_SCHEMA)
                .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
                .field(
                        "days",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Date.SCHEMA).build())
                .field("none", Schema.OPTIONAL_STRING_SCHEMA)
                .field("home", address)
                .field("work", address)
                .field("homes", SchemaBuilder.array(address).build())
                .build();
        Struct home = new Struct(address).put("city", "K\u00f6ln");
        Struct value = new Struct(schema)
                .put("z id", 1L)
                .put("price", new BigDecimal("9.90"))
                .put("day", new java.util.Date(DAY))
                .put("time", new java.util.Date(1))
                .put("at", new java.util.Date(DAY + 1))
                .put("raw", new byte[] {1})
                .put("tags", List.of("b", "a"))
                .put("days", ordered("y", new java.util.Date(0), "x", new java.util.Date(DAY)))
                .put("home", home)
                .put("homes", List.of(home));

        assertThat(json(schema, value))
                .isEqualTo("{\"z id\":1,\"price\":9.90,\"day\":\"1970-01-02\",\"time\":\"00:00:00.001\","
                        + "\"at\":\"1970-01-02T00:00:00.001Z\",\"raw\":\"AQ==\",\"tags\":[\"b\",\"a\"],"
                        + "\"days\":{\"y\":\"1970-01-01\",\"x\":\"1970-01-02\"},\"none\":null,"
                        + "\"home\":{\"city\":\"K\u00f6ln\",\"zip\":null},\"work\":null,"
                        + "\"homes\":[{\"city\":\"K\u00f6ln\",\"zip\":null}]}");
    }

    @Test
    void aNullThatIsAllowedStaysNullAndOneThatIsNotBecomesTheDefault() {
        Schema schema = SchemaBuilder.struct()
                .field(
                        "optional",
                        SchemaBuilder.int32().optional().defaultValue(5).build())
                .field("required", SchemaBuilder.int32().defaultValue(6).build())
                .build();

        assertThat(json(schema, new Struct(schema))).isEqualTo("{\"optional\":null,\"required\":6}");
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                arguments(null, new UUID(1, 2), "java.util.UUID, which is not a Connect type"),
                arguments(null, List.of('c'), "java.lang.Character"),
                arguments(null, new java.util.concurrent.atomic.AtomicInteger(1), "AtomicInteger"),
                arguments(null, new int[] {1}, "a int[], which"),
                arguments(null, ordered(null, 1), "null key"),
                arguments(null, ordered(List.of("secret"), 1), "strings, numbers and booleans can"),
                arguments(null, ordered(new byte[] {1}, 1), "strings, numbers and booleans can"),
                arguments(null, ordered("1", 1, 1, 2), "must be of one class: java.lang.Integer"),
                arguments(Date.SCHEMA, new java.util.Date(1), "Date with a time of day"),
                arguments(Time.SCHEMA, new java.util.Date(DAY), "Time beyond one day"),
                arguments(Time.SCHEMA, new java.util.Date(-1), "Time beyond one day"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatHasNoFormIsRejected(@Nullable Schema schema, Object value, String reason) {
        assertRejected(() -> json(schema, value), reason).hasMessageNotContaining("secret");
        // What was rejected half-way leaves nothing behind.
        assertThat(json(null, List.of(1))).isEqualTo("[1]");
    }

    @Test
    void aThousandLevelsFitIntoTheDefaultStack() throws Exception {
        for (Object value : new Object[] {lists(1000), maps(1000), structs(1000)}) {
            FutureTask<Integer> length =
                    new FutureTask<>(() -> json(null, value).length());
            Thread thread = new Thread(null, length, "small-stack", 1 << 20);
            thread.start();
            assertThat(length.get()).isGreaterThanOrEqualTo(2000);
        }
    }

    @Test
    void deeperValuesAreRejectedHoweverDeep() {
        Map<String, Object> cyclic = new HashMap<>();
        cyclic.put("self", List.of(cyclic));
        for (Object value :
                new Object[] {lists(1001), maps(1001), structs(1001), lists(100_000), maps(100_000), cyclic}) {
            assertRejected(
                    () -> json(null, value), "nested deeper than 1000 levels, or contains itself", "payload.encoder");
        }
    }

    @Test
    void decimalsAndDatesHaveTheFormThatIsAskedFor() {
        Schema nested =
                SchemaBuilder.map(Schema.STRING_SCHEMA, Decimal.schema(1)).build();
        Map<Object, Object> value = ordered("d", new BigDecimal("-12.8"));
        assertThat(json("number", "iso", nested, value)).isEqualTo("{\"d\":-12.8}");
        assertThat(json("string", "iso", nested, value)).isEqualTo("{\"d\":\"-12.8\"}");
        assertThat(json("base64", "iso", nested, value)).isEqualTo("{\"d\":\"gA==\"}");
        // The exponent stays one: a reader of the string must not be made to write a billion digits either.
        assertThat(json("string", "iso", null, new BigDecimal("1E+1000000000"))).isEqualTo("\"1E+1000000000\"");
        assertThat(json("number", "epoch", Date.SCHEMA, new java.util.Date(-DAY)))
                .isEqualTo("-1");
        assertThat(json("number", "epoch", Time.SCHEMA, new java.util.Date(DAY - 1)))
                .isEqualTo("86399999");
        assertThat(json("number", "epoch", Timestamp.SCHEMA, new java.util.Date(-1)))
                .isEqualTo("-1");
        assertThat(json("number", "epoch", null, new java.util.Date(DAY))).isEqualTo("86400000");
    }

    @Test
    void anEpochIsHeldToItsSchemaAsWell() {
        assertRejected(() -> json("number", "epoch", Date.SCHEMA, new java.util.Date(1)), "Date with a time of day");
        assertRejected(() -> json("number", "epoch", Time.SCHEMA, new java.util.Date(DAY)), "Time beyond one day");
    }

    @Test
    void base64IsRefusedWhereItsReaderWouldGetAnotherNumber() {
        Schema scaleless = SchemaBuilder.bytes().name(Decimal.LOGICAL_NAME).build();
        for (Schema schema : new Schema[] {null, scaleless, Decimal.schema(2), Schema.STRING_SCHEMA}) {
            assertRejected(
                    () -> json("base64", "iso", schema, new BigDecimal("1.5")), "payload.encoder.decimal.format");
        }
    }

    @Test
    void aNumberOfAMegabyteOfDigitsIsRejectedInNoTime() {
        BigInteger digits = BigInteger.ONE.shiftLeft(8 << 20);
        for (Object number : new Object[] {digits, new BigDecimal(digits), new BigDecimal(digits, 5)}) {
            assertTimeoutPreemptively(
                    Duration.ofSeconds(5),
                    () -> assertRejected(() -> json(null, List.of(number)), "more than 10000 digits"));
        }
        assertThat(json("base64", "iso", Decimal.schema(0), new BigDecimal(digits)))
                .startsWith("\"AQAAAA");
        BigInteger longest = BigInteger.TEN.pow(9_999);
        assertThat(json(null, longest)).isEqualTo(longest.toString());
    }

    @Test
    void aDocumentEndsBeforeTheHeapDoes() {
        // Three bytes each in Avro, a thousand characters each in JSON.
        List<BigDecimal> many = Collections.nCopies(200_000, new BigDecimal("1E+1000"));
        long before = allocated();

        assertRejected(() -> json(null, many), "more than " + (64 << 20) + " bytes as JSON");
        assertRejected(() -> json(null, new byte[100 << 20]), "as JSON");

        assertThat(allocated() - before - (100 << 20)).isLessThan(1L << 30);
        assertThat(json(null, List.of(1))).isEqualTo("[1]");
    }

    @Test
    void aMegabyteGoesThroughWhole() {
        byte[] value = new byte[1 << 20];
        Arrays.fill(value, (byte) 0xA5);

        assertThat(json(null, value)).isEqualTo('"' + Base64.getEncoder().encodeToString(value) + '"');
    }

    @Test
    void bigAndSmallValuesFollowEachOther() {
        String big = "x".repeat(3 << 20);

        assertThat(json(null, List.of(big))).isEqualTo("[\"" + big + "\"]");
        assertThat(json(null, List.of(1))).isEqualTo("[1]");
        assertThat(json(null, List.of(2))).isEqualTo("[2]");
    }

    private String json(@Nullable Schema schema, Object value) {
        return new String(encoder.encode(withValue(schema, value), new HeaderBlock()), UTF_8);
    }

    private static String json(String decimals, String dates, @Nullable Schema schema, Object value) {
        JsonPayloadEncoder chosen = new JsonPayloadEncoder(
                Translations.of("payload.encoder.decimal.format", decimals, "payload.encoder.date.format", dates)
                        .payload());
        return new String(chosen.encode(withValue(schema, value), new HeaderBlock()), UTF_8);
    }

    /** Bytes that this thread has allocated so far. */
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static java.util.Date date(String instant) {
        return java.util.Date.from(Instant.parse(instant));
    }

    /** Lists within lists. */
    static Object lists(int levels) {
        List<Object> value = new ArrayList<>();
        for (int i = 1; i < levels; i++) {
            value = new ArrayList<>(List.of(value));
        }
        return value;
    }

    private static Object maps(int levels) {
        Map<Object, Object> value = new HashMap<>();
        for (int i = 1; i < levels; i++) {
            Map<Object, Object> outer = new HashMap<>();
            outer.put("m", value);
            value = outer;
        }
        return value;
    }

    private static Object structs(int levels) {
        Schema schema = SchemaBuilder.struct().build();
        Struct value = new Struct(schema);
        for (int i = 1; i < levels; i++) {
            schema = SchemaBuilder.struct().field("s", schema).build();
            value = new Struct(schema).put("s", value);
        }
        return value;
    }
}
