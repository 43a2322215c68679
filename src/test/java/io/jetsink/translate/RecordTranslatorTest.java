package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.support.Thrown.assertThrown;
import static io.jetsink.translate.HeaderLines.message;
import static io.jetsink.translate.Records.settings;
import static io.jetsink.translate.Records.withValue;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.OutboundMessage;
import io.jetsink.message.RejectedRecordException;
import io.jetsink.support.Translations;
import io.nats.client.impl.Headers;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
class RecordTranslatorTest {
    private static final Schema STRUCT =
            SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();

    @Test
    void aBadTemplateIsAConfigErrorAtItsKey() {
        assertThrown(ConfigException.class, () -> new RecordTranslator(Translations.of("subject", "a..b"), "orders"))
                .hasMessageContaining("for configuration subject:");
    }

    static Stream<Arguments> payloads() {
        byte[] bytes = {0, (byte) 0xff, '"'};
        String refused = "refused";
        return Stream.of(
                // Schema, value, then the payload by auto, by raw and by json.
                arguments(Schema.BYTES_SCHEMA, bytes, latin1(bytes), latin1(bytes), "\"AP8i\""),
                arguments(null, new byte[0], "", "", "\"\""),
                arguments(null, ByteBuffer.wrap("xaby".getBytes(UTF_8), 1, 2), "ab", "ab", "\"YWI=\""),
                arguments(null, ByteBuffer.wrap("ab".getBytes(UTF_8)).asReadOnlyBuffer(), "ab", "ab", "\"YWI=\""),
                arguments(
                        Schema.STRING_SCHEMA,
                        "a\"\u00e9",
                        utf8("a\"\u00e9"),
                        utf8("a\"\u00e9"),
                        utf8("\"a\\\"\u00e9\"")),
                arguments(null, "\ud83d\ude00", utf8("\ud83d\ude00"), utf8("\ud83d\ude00"), "\"\\uD83D\\uDE00\""),
                arguments(null, "\ud83d", refused, refused, "\"\\uD83D\""),
                arguments(null, "?\ude00\ud83d", refused, refused, "\"?\\uDE00\\uD83D\""),
                arguments(null, "", "", "", "\"\""),
                arguments(STRUCT, new Struct(STRUCT).put("id", 1), "{\"id\":1}", refused, "{\"id\":1}"),
                arguments(null, Map.of("id", 1), "{\"id\":1}", refused, "{\"id\":1}"),
                arguments(null, List.of(1, 2), "[1,2]", refused, "[1,2]"),
                arguments(Schema.INT32_SCHEMA, 5, "5", refused, "5"),
                arguments(null, true, "true", refused, "true"),
                arguments(Decimal.schema(1), new BigDecimal("1.5"), "1.5", refused, "1.5"),
                arguments(
                        Timestamp.SCHEMA,
                        new java.util.Date(0),
                        "\"1970-01-01T00:00:00.000Z\"",
                        refused,
                        "\"1970-01-01T00:00:00.000Z\""));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void theFormatDecidesThePayload(@Nullable Schema schema, Object value, String auto, String raw, String json) {
        Map<String, String> expected = Map.of("auto", auto, "raw", raw, "json", json);
        expected.forEach((format, payload) -> {
            RecordTranslator translator = translator(format, "publish");
            SinkRecord record = withValue(schema, value);
            if (payload.equals("refused")) {
                assertThatThrownBy(() -> translator.translate(record))
                        .as(format)
                        .isInstanceOf(RejectedRecordException.class)
                        .hasMessageContaining("payload.encoder");
            } else {
                OutboundMessage message = message(translator, record);
                assertThat(latin1(message.payload())).as(format).isEqualTo(payload);
                assertThat(message.subject()).isEqualTo("orders.k");
                assertThat(message.headers()).isNull();
                // Again: nothing of the record was used up.
                assertThat(message(translator, record).payload()).isEqualTo(message.payload());
            }
        });
    }

    @Test
    void bytesAreNotCopied() {
        byte[] value = {1, 2};
        for (String format : List.of("auto", "raw")) {
            RecordTranslator translator = translator(format, "publish");
            assertThat(message(translator, withValue(null, value)).payload()).isSameAs(value);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "raw", "json"})
    void aTombstoneIsPublishedEmptyWithItsHeader(String format) {
        RecordTranslator translator = translator(format, "publish");

        OutboundMessage message = message(translator, withValue(Schema.OPTIONAL_STRING_SCHEMA, null));

        assertThat(message.subject()).isEqualTo("orders.k");
        assertThat(message.payload()).isEmpty();
        Headers headers = Objects.requireNonNull(message.headers());
        assertThat(new String(headers.getSerialized(), UTF_8)).isEqualTo("NATS/1.0\r\nKafka-Tombstone:true\r\n\r\n");
    }

    @Test
    void nobodyCanChangeTheHeadersOfAMessage() {
        Headers headers = Objects.requireNonNull(
                message(translator("auto", "publish"), withValue(null, null)).headers());

        assertThat(headers.isReadOnly()).isTrue();
        assertThrown(UnsupportedOperationException.class, () -> headers.put("Nats-Msg-Id", "1"));
    }

    @Test
    void aTombstoneIsSkippedEvenWithoutAUsableKey() {
        RecordTranslator translator = translator("auto", "skip");

        assertThat(translator.translate(new SinkRecord("orders", 3, null, null, null, null, 7)))
                .isNull();
        assertThat(translator.skipReason()).isEqualTo(ErrorCode.TOMBSTONE_SKIPPED);
    }

    @Test
    void aTombstoneIsRejected() {
        RecordTranslator translator = translator("auto", "reject");

        assertRejected(() -> translator.translate(withValue(null, null)), "tombstones is reject");
    }

    @Test
    void noHeaderOfARecordTravels() {
        SinkRecord record = HeaderLines.with("Nats-Msg-Id", "1", "Nats-Rollup", "all");

        assertThat(message(translator("auto", "publish"), record).headers()).isNull();
    }

    @Test
    void theSubjectFollowsTheTopicAsTransformsLeftIt() {
        RecordTranslator translator = translator("auto", "publish");
        SinkRecord read = withValue(null, "v");

        SinkRecord renamed = read.newRecord("routed.orders", 5, null, "k2", null, "v", null);

        assertThat(message(translator, renamed).subject()).isEqualTo("routed.orders.k2");
    }

    @Test
    void aTombstoneCannotReachTheServersInterface() {
        RecordTranslator translator = new RecordTranslator(Translations.of("subject", "${key}"), "orders");

        OutboundMessage message =
                message(translator, new SinkRecord("orders", 3, null, "$JS.API.STREAM.DELETE.ORDERS", null, null, 7));

        assertThat(message.subject()).isEqualTo("%24JS%2EAPI%2ESTREAM%2EDELETE%2EORDERS");
    }

    private static RecordTranslator translator(String payload, String tombstones) {
        return new RecordTranslator(settings(payload, tombstones), "orders");
    }

    /** A payload as a text with a character per byte: shown by a failing test, and compared exactly. */
    private static String latin1(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    private static String utf8(String text) {
        return latin1(text.getBytes(UTF_8));
    }
}
