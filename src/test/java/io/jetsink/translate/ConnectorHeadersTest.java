package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.ErrorCode;
import io.jetsink.spi.HeaderMapper;
import io.jetsink.spi.MessageHeaders;
import io.jetsink.spi.MessageIdStrategy;
import io.jetsink.support.Logged;
import io.jetsink.support.Translations;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the connector itself says in headers: ids, TTLs, the origin. */
class ConnectorHeadersTest {
    @Test
    void anIdOfCoordinatesIsThatOfKafka() {
        SinkRecord read = at("orders.eu", 3, 7);
        SinkRecord routed = read.newRecord("other", 0, null, "k", null, "v", null);

        assertThat(HeaderLines.of(routed, "message.id", "coordinates"))
                .containsExactly("Nats-Msg-Id:orders-to-nats:orders.eu:3:7");
        assertThat(HeaderLines.of(routed, "message.id", "coordinates", "message.id.prefix", "kafka-eu"))
                .containsExactly("Nats-Msg-Id:kafka-eu:orders.eu:3:7");
    }

    @Test
    void everyPlaceHasAnIdOfItsOwn() {
        CoordinatesMessageId ids = new CoordinatesMessageId("p");
        List<SinkRecord> records = List.of(
                at("a", 0, 0),
                at("a", 0, 1),
                at("a", 0, 10),
                at("a", 1, 0),
                at("b", 1, 0),
                at("a", 10, 0),
                at("a", 0, 0));

        assertThat(records)
                .extracting(ids::messageIdFor)
                .containsExactly("p:a:0:0", "p:a:0:1", "p:a:0:10", "p:a:1:0", "p:b:1:0", "p:a:10:0", "p:a:0:0");
    }

    @Test
    void aConnectorsNameMayBeAnyText() {
        assertThat(new CoordinatesMessageId("zu über").messageIdFor(at("a", 0, 0)))
                .isEqualTo("zu%20%C3%BCber:a:0:0");
        assertThat(new CoordinatesMessageId("zu%20%C3%BCber").messageIdFor(at("a", 0, 0)))
                .isEqualTo("zu%2520%25C3%25BCber:a:0:0");
    }

    @Test
    void anIdMayBeTheLastHeaderOfAName() {
        assertThat(id(HeaderLines.with("id", "old", "id", "new", "ID", "other")))
                .containsExactly("Nats-Msg-Id:new");
        assertThat(id(HeaderLines.with("id", "5"))).containsExactly("Nats-Msg-Id:5");
        assertThat(id(HeaderLines.with("id", "é"))).containsExactly("Nats-Msg-Id:%C3%A9");
        assertThat(id(HeaderLines.with("id", new byte[] {(byte) 0xFF}))).containsExactly("Nats-Msg-Id:%FF");
        assertThat(id(HeaderLines.with("id", "x\r\nNats-Rollup: all")))
                .containsExactly("Nats-Msg-Id:x%0D%0ANats-Rollup:%20all");
        assertThat(id(HeaderLines.with("ID", "other"))).isEmpty();
        assertThat(id(HeaderLines.with("id", ""))).isEmpty();
        assertThat(id(HeaderLines.with("id", null))).isEmpty();
        assertThat(id(HeaderLines.with())).isEmpty();
    }

    @Test
    void asManyIdsAsTextsAndBytes() {
        List<Object> different = List.of(
                "Müller-1",
                "M%C3%BCller-1",
                "50 €",
                "50%20%E2%82%AC",
                "a ",
                "a%20",
                " a",
                "a\"",
                "a%22",
                "\n",
                "%0A",
                "\t",
                "%09",
                "\ud800",
                "%ED%A0%80",
                new byte[] {1, (byte) 0xFF},
                "%01%FF",
                ByteBuffer.wrap(new byte[] {1, 2}),
                "%01%02",
                "1764500000.123456",
                "1764500000.123457",
                "007",
                "7",
                "1e3",
                "1000");

        assertThat(different.stream().map(id -> id(HeaderLines.with("id", id))).distinct())
                .hasSameSizeAs(different)
                .allSatisfy(line -> assertThat(line).hasSize(1).allMatch(id -> id.matches("Nats-Msg-Id:[!-~]+")));
    }

    static List<Object> guessed() {
        return List.of(
                (byte) 7,
                7,
                7L,
                1.5f,
                1.764500001E9,
                new BigDecimal("1.50"),
                true,
                new Date(0),
                List.of("1", "2"),
                Map.of("a", 1));
    }

    @ParameterizedTest
    @MethodSource("guessed")
    void anIdOfAnotherTypeIsNoId(Object value) {
        assertRejected(() -> id(HeaderLines.with("id", value)))
                .hasMessageContainingAll(
                        "The header id (message.id)",
                        "header.converter",
                        "org.apache.kafka.connect.storage.StringConverter",
                        "org.apache.kafka.connect.converters.ByteArrayConverter");
    }

    @Test
    void anIdOfAClassOfTheUsersIsHeldToTheSameRules() {
        String own = OwnIds.class.getName();

        assertThat(HeaderLines.of(HeaderLines.with("id", "é 1"), "message.id", own))
                .containsExactly("Nats-Msg-Id:%C3%A9%201");
        assertThat(HeaderLines.of(HeaderLines.with("id", "%C3%A9%201"), "message.id", own))
                .containsExactly("Nats-Msg-Id:%25C3%25A9%25201");
        assertThat(HeaderLines.of(HeaderLines.with(), "message.id", own)).isEmpty();
        assertRejected(() -> HeaderLines.of(HeaderLines.with("id", 5), "message.id", own), "message.id");
    }

    @Test
    void noRecordSaysItsOwnId() {
        SinkRecord record = HeaderLines.with("Nats-Msg-Id", "forged");

        assertThat(HeaderLines.of(record, "headers.include", "*", "message.id", "coordinates"))
                .containsExactly("Nats-Msg-Id:orders-to-nats:orders:3:7");
    }

    @ParameterizedTest
    @CsvSource({"1000, 1s", "1001, 2s", "1999, 2s", "2000, 2s", "86400000, 86400s"})
    void theTtlOfAllMessagesIsRoundedUpToSeconds(String millis, String ttl) {
        assertThat(HeaderLines.of(HeaderLines.with(), "message.ttl.ms", millis)).containsExactly("Nats-TTL:" + ttl);
    }

    @ParameterizedTest
    @CsvSource({"delete, 5000", "purge, 5000", "delete, never", "delete, soon"})
    void markersOfBucketsDoNotExpire(String tombstones, String own) {
        SinkRecord deleted = HeaderLines.with("ttl", own).newRecord("orders", 3, null, "k", null, null, null);

        assertThat(HeaderLines.of(
                        deleted,
                        "target",
                        "kv",
                        "kv.bucket",
                        "orders",
                        "tombstones",
                        tombstones,
                        "message.ttl.ms",
                        "60000",
                        "message.ttl.header",
                        "ttl"))
                .noneMatch(line -> line.startsWith("Nats-TTL"))
                .anyMatch(line -> line.startsWith("KV-Operation"));
    }

    @Test
    void tombstonesOfStreamsExpireAsOtherMessages() {
        SinkRecord deleted = HeaderLines.with().newRecord("orders", 3, null, "k", null, null, null);

        assertThat(HeaderLines.of(deleted, "message.ttl.ms", "60000")).contains("Nats-TTL:60s");
    }

    @ParameterizedTest
    @CsvSource({"1000, 1s", "1500, 2s", "007000, 7s", "3153600000000, 3153600000s", "never, never"})
    void aRecordMayHaveATtlOfItsOwn(String own, String ttl) {
        assertThat(ttl(HeaderLines.with("ttl", own))).containsExactly("Nats-TTL:" + ttl);
        assertThat(ttl(HeaderLines.with("ttl", own.getBytes(UTF_8)))).containsExactly("Nats-TTL:" + ttl);
        assertThat(ttl(HeaderLines.with("ttl", "nonsense", "ttl", own))).containsExactly("Nats-TTL:" + ttl);
    }

    @Test
    void aRecordWithoutOneHasTheCommonOneOrNone() {
        assertThat(ttl(HeaderLines.with("TTL", "5000"))).containsExactly("Nats-TTL:60s");
        assertThat(ttl(HeaderLines.with())).containsExactly("Nats-TTL:60s");
        assertThat(HeaderLines.of(HeaderLines.with("id", "1"), "message.ttl.header", "ttl"))
                .isEmpty();
        assertThat(ttl(HeaderLines.with("ttl", 5_000L))).containsExactly("Nats-TTL:5s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "999",
                "0",
                "-1",
                "+5000",
                "5s",
                "5000.0",
                "5e3",
                "Never",
                "1000 ",
                "3153600000001",
                "99999999999999999999",
                "\u0661\u0660\u0660\u0660",
                "1\r\n2"
            })
    void aTtlThatIsNoneRejectsTheRecord(String own) {
        assertRejected(() -> ttl(HeaderLines.with("ttl", own)))
                .hasMessage("The header ttl (message.ttl.header) is neither a whole number of milliseconds from 1000 to"
                        + " 3153600000000 nor never: correct it with a transform, or change message.ttl.header.");
    }

    @Test
    void aNullTtlRejectsTheRecord() {
        assertRejected(() -> ttl(HeaderLines.with("ttl", null)));
    }

    @Test
    void everyMessageBearsItsOriginBesideThoseItHas() {
        assertThat(HeaderLines.of(HeaderLines.with("Jetsink-Origin", "us"), "headers.origin", "eu"))
                .containsExactly("Jetsink-Origin:eu");
        assertThat(HeaderLines.of(
                        HeaderLines.with("Jetsink-Origin", "us"), "headers.origin", "eu", "headers.include", "*"))
                .containsExactly("Jetsink-Origin:us", "Jetsink-Origin:eu");
        assertThat(HeaderLines.of(
                        HeaderLines.with("id", "1"),
                        "headers.origin",
                        "eu",
                        "header.mapper",
                        OwnHeaders.class.getName()))
                .containsExactly("Jetsink-Origin:own", "Jetsink-Origin:eu");
    }

    @Test
    void whatComesFromHereIsSkippedAndToldOnce() {
        try (Logged logged = Logged.begin();
                RecordTranslator translator =
                        new RecordTranslator(Translations.of("headers.origin", "eu"), "orders-to-nats")) {
            assertThat(translator.translate(HeaderLines.with("Jetsink-Origin", "eu")))
                    .isNull();
            assertThat(translator.translate(HeaderLines.with("Jetsink-Origin", "eu".getBytes(UTF_8))))
                    .isNull();
            assertThat(translator.translate(HeaderLines.with("a", "1", "Jetsink-Origin", "us", "Jetsink-Origin", "eu")))
                    .isNull();
            assertThat(translator.skipReason()).isEqualTo(ErrorCode.LOOP_SKIPPED);
            ConnectHeaders headers = new ConnectHeaders();
            headers.addString("Jetsink-Origin", "eu");
            assertThat(translator.translate(
                            new SinkRecord("orders", 3, null, null, null, null, 7, null, null, headers)))
                    .isNull();

            assertThat(logged.lines("skipping"))
                    .containsExactly("INFO orders-to-nats: skipping records that have the header Jetsink-Origin=eu"
                            + " (headers.origin) and so originate here; the first is orders-3@7");
        }
    }

    @Test
    void whatComesFromElsewhereIsNotSkipped() {
        LoopGuard guard = new LoopGuard("orders", "eu");
        for (SinkRecord record : List.of(
                HeaderLines.with(),
                HeaderLines.with("Jetsink-Origin", "us"),
                HeaderLines.with("Jetsink-Origin", "EU"),
                HeaderLines.with("jetsink-origin", "eu"),
                HeaderLines.with("Jetsink-Origin", null),
                HeaderLines.with("Jetsink-Origin", Map.of("a", new Object())),
                HeaderLines.with("Origin", "eu"))) {
            assertThat(guard.test(record)).as(record.headers().toString()).isFalse();
        }

        assertThat(new LoopGuard("orders", "7").test(HeaderLines.with("Jetsink-Origin", 7)))
                .isTrue();
    }

    @Test
    void withoutAnOriginNothingIsSkipped() {
        assertThat(HeaderLines.of(HeaderLines.with("Jetsink-Origin", "eu"), "headers.include", "*"))
                .containsExactly("Jetsink-Origin:eu");
    }

    private static List<String> id(SinkRecord record) {
        return HeaderLines.of(record, "message.id", "header:id");
    }

    private static List<String> ttl(SinkRecord record) {
        return HeaderLines.of(record, "message.ttl.ms", "60000", "message.ttl.header", "ttl");
    }

    private static SinkRecord at(String topic, int partition, long offset) {
        return new SinkRecord(topic, partition, null, "k", null, "v", offset);
    }

    /** The header {@code id}, which has to be a string. */
    public static final class OwnIds implements MessageIdStrategy {
        @Override
        public @Nullable String messageIdFor(SinkRecord record) {
            var header = record.headers().lastWithName("id");
            return header == null ? null : (String) header.value();
        }
    }

    public static final class OwnHeaders implements HeaderMapper {
        @Override
        public void mapHeaders(SinkRecord record, MessageHeaders headers) {
            headers.set("Jetsink-Origin", "own");
        }
    }
}
