package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.translate.Records.withValue;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.message.RejectedRecordException;
import io.jetsink.support.Translations;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Years that RFC 3339 does not know: what sources have for infinity, and what is merely wrong. */
@SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
class FarDatesTest {
    private static final Schema DATE = org.apache.kafka.connect.data.Date.SCHEMA;
    private static final long FIRST = Instant.parse("0000-01-01T00:00:00.000Z").toEpochMilli();
    private static final long LAST = Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();
    private static final long DAY = 86_400_000;

    @ParameterizedTest
    @ValueSource(longs = {9_223_372_036_854_775L, -9_223_372_036_854_776L, 253_402_300_800_000L, -62_167_219_200_001L})
    void aTimestampOfAnotherYearIsRejectedWhereverItIsText(long millis) {
        Date far = new Date(millis);

        for (String encoder : List.of("auto", "json", "cloudevents")) {
            assertThatThrownBy(() -> payload(Timestamp.SCHEMA, far, "payload.encoder", encoder))
                    .as(encoder)
                    .isInstanceOf(RejectedRecordException.class)
                    .hasMessageContainingAll("years 0 to 9999", "payload.encoder.date.format=epoch")
                    .hasMessageNotContaining(Long.toString(millis));
        }
        assertRejected(() -> payload(null, Map.of("at", List.of(far)), "payload.encoder", "json"))
                .hasMessageContaining("payload.encoder.date.format=epoch");
        assertRejected(() -> header(far), "years 0 to 9999", "headers.exclude", "transform");
        assertRejected(() -> subject(Timestamp.SCHEMA, far), "years 0 to 9999", "${key} in subject", "transform");
    }

    @ParameterizedTest
    @CsvSource({"2932897", "3673000", "-719529", "2147483647"})
    void soIsADate(long days) {
        Date far = new Date(days * DAY);

        assertRejected(() -> payload(DATE, far, "payload.encoder", "json"), "payload.encoder.date.format=epoch");
        assertRejected(() -> subject(DATE, far));
        assertThat(payload(DATE, far, "payload.encoder", "json", "payload.encoder.date.format", "epoch"))
                .isEqualTo(Long.toString(days));
    }

    @Test
    void epochHasNoLimits() {
        Date far = new Date(9_223_372_036_854_775L);

        for (String encoder : List.of("auto", "json")) {
            assertThat(payload(
                            Timestamp.SCHEMA, far, "payload.encoder", encoder, "payload.encoder.date.format", "epoch"))
                    .isEqualTo("9223372036854775");
        }
    }

    @Test
    void theFirstAndTheLastYearHaveTheirText() {
        assertThat(payload(Timestamp.SCHEMA, new Date(FIRST), "payload.encoder", "json"))
                .isEqualTo("\"0000-01-01T00:00:00.000Z\"");
        assertThat(payload(Timestamp.SCHEMA, new Date(LAST), "payload.encoder", "json"))
                .isEqualTo("\"9999-12-31T23:59:59.999Z\"");
        assertThat(payload(DATE, new Date(FIRST), "payload.encoder", "json")).isEqualTo("\"0000-01-01\"");
        assertThat(header(new Date(LAST))).containsExactly("t:9999-12-31T23:59:59.999Z");
        assertThat(subject(Timestamp.SCHEMA, new Date(LAST))).isEqualTo("9999-12-31T23%3A59%3A59%2E999Z");
    }

    private static String payload(Schema schema, Object value, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("subject", "orders"));
        try (RecordTranslator translator = translator(all.toArray(String[]::new))) {
            return new String(
                    HeaderLines.message(translator, withValue(schema, value)).payload(), UTF_8);
        }
    }

    private static List<String> header(Date value) {
        ConnectHeaders headers = new ConnectHeaders();
        headers.addTimestamp("t", value);
        return HeaderLines.of(
                new SinkRecord("orders", 0, null, null, null, "v", 0, null, null, headers), "headers.include", "t");
    }

    private static String subject(Schema schema, Object key) {
        try (RecordTranslator translator = translator("subject", "${key}")) {
            return HeaderLines.message(translator, new SinkRecord("orders", 0, schema, key, null, "v", 0))
                    .subject();
        }
    }

    private static RecordTranslator translator(String... settings) {
        return new RecordTranslator(Translations.of(settings), "orders");
    }
}
