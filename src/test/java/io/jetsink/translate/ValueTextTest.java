package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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
class ValueTextTest {
    private static final Schema ADDRESS = SchemaBuilder.struct()
            .field("street", Schema.STRING_SCHEMA)
            .field("since", Date.SCHEMA)
            .build();

    private final ValueText text = new ValueText("The header", "headers.exclude");

    static Stream<Arguments> values() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a b", 1);
        map.put("é", null);
        return Stream.of(
                arguments(null, null, ""),
                arguments(Schema.OPTIONAL_INT32_SCHEMA, null, ""),
                arguments(null, "", ""),
                arguments(null, " é\r\n", " é\r\n"),
                arguments(null, "ascii".getBytes(UTF_8), "ascii"),
                arguments(null, "é".getBytes(UTF_8), "%C3%A9"),
                arguments(null, ByteBuffer.wrap("xaby".getBytes(UTF_8), 1, 2), "ab"),
                arguments(null, new byte[] {0, (byte) 0xFF}, "%00%FF"),
                arguments(null, true, "true"),
                arguments(null, false, "false"),
                arguments(null, (byte) -1, "-1"),
                arguments(null, (short) 7, "7"),
                arguments(null, 2147483647, "2147483647"),
                arguments(null, Long.MIN_VALUE, "-9223372036854775808"),
                arguments(null, new BigInteger("9".repeat(30)), "9".repeat(30)),
                arguments(Decimal.schema(2), new BigDecimal("1.50"), "1.50"),
                arguments(null, new BigDecimal("1E+3"), "1000"),
                arguments(null, 1.5, "1.5"),
                arguments(null, 2.0, "2.0"),
                // JDK 17's own text of this is longer than it has to be.
                arguments(null, 2.0E-3, "0.002"),
                arguments(null, 2.2250738585072014E-308, "2.2250738585072014E-308"),
                arguments(null, 2.0E23, "2.0E23"),
                arguments(null, 0.1f, "0.1"),
                arguments(null, Double.NaN, "NaN"),
                arguments(null, Double.NEGATIVE_INFINITY, "-Infinity"),
                arguments(Date.SCHEMA, new java.util.Date(86_400_000L * 365), "1971-01-01"),
                arguments(Time.SCHEMA, new java.util.Date(3_600_001), "01:00:00.001"),
                arguments(Timestamp.SCHEMA, new java.util.Date(0), "1970-01-01T00:00:00.000Z"),
                arguments(null, new java.util.Date(1), "1970-01-01T00:00:00.001Z"),
                arguments(
                        ADDRESS,
                        new Struct(ADDRESS).put("street", "A 1").put("since", new java.util.Date(0)),
                        "{\"street\":\"A 1\",\"since\":\"1970-01-01\"}"),
                arguments(null, map, "{\"a b\":1,\"é\":null}"),
                arguments(null, List.of(1, "two", List.of()), "[1,\"two\",[]]"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void everyTypeHasOneText(@Nullable Schema schema, @Nullable Object value, String expected) {
        assertThat(text.of(schema, value)).isEqualTo(expected);
        assertThat(text.of(schema, value)).isEqualTo(expected);
    }

    @Test
    void whatHasNoFormRejectsTheRecord() {
        for (Object value : List.of(
                new AtomicInteger(1), new Object(), Map.of(List.of(), 1), List.of(new Object()), new int[] {1})) {
            assertRejected(() -> text.of(null, value))
                    .hasMessage("The header is a " + value.getClass().getTypeName()
                            + ", which cannot be written as a header: change headers.exclude, or the value with a"
                            + " transform.");
        }
    }
}
