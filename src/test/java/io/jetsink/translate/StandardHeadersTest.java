package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.OutboundMessage;
import io.jetsink.support.Logged;
import io.jetsink.support.Translations;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header blocks as they go to the server, by the keys that ask for them. */
@SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
class StandardHeadersTest {
    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void byDefaultThereIsNoHeaderBlock() {
        SinkRecord record = HeaderLines.with("id", "1", "traceparent", TRACE, "Jetsink-Origin", "here");

        try (RecordTranslator translator = new RecordTranslator(Translations.of(), "orders")) {
            assertThat(HeaderLines.message(translator, record).headers()).isNull();
        }
    }

    @Test
    void whatIsIncludedTravelsInOrder() {
        ConnectHeaders headers = new ConnectHeaders();
        headers.addString("x-b", "first");
        headers.addString("x-a", "1");
        headers.addInt("x-b", 2);
        headers.addBytes("x-b", "é".getBytes(UTF_8));
        headers.addString("secret", "s");
        headers.addTimestamp("x-at", new java.util.Date(0));
        headers.add("x-none", null, null);
        headers.addMap("x-map", Map.of("a", 1L), SchemaBuilder.map(Schema.STRING_SCHEMA, Schema.INT64_SCHEMA));
        headers.addString("x-internal-a", "s");
        headers.addString("X-A", "other case");
        headers.addString("id", "7");

        assertThat(HeaderLines.of(
                        record(headers), "headers.include", "x-*, id", "headers.exclude", "*-internal-*,secret"))
                .containsExactly(
                        "id:7",
                        "x-a:1",
                        "x-at:1970-01-01T00:00:00.000Z",
                        "x-b:first",
                        "x-b:2",
                        "x-b:%C3%A9",
                        "x-map:{\"a\":1}",
                        "x-none:");
    }

    @Test
    void everythingButCommandsTravelsByAnAsterisk() {
        SinkRecord record = HeaderLines.with(
                "Nats-Rollup", "all",
                "status", "503",
                "", "empty",
                "a b", "x\r\nNats-Rollup: all",
                "Kafka-Topic", "forged",
                "Kafka-Tombstone", "false");

        assertThat(HeaderLines.of(record, "headers.include", "*", "headers.coordinates", "true"))
                .containsExactly(
                        "Kafka-Offset:7",
                        "Kafka-Partition:3",
                        "Kafka-Tombstone:false",
                        "Kafka-Topic:orders",
                        "a%20b:x%0D%0ANats-Rollup:%20all");
    }

    @Test
    void headersThatAreLeftOutAreLoggedAtPowersOfTwo() {
        try (Logged logged = Logged.begin();
                RecordTranslator translator =
                        new RecordTranslator(Translations.of("headers.include", "*"), "orders-to-nats")) {
            SinkRecord record = HeaderLines.with("Nats-TTL", "1s", "secret-name", "secret", "Status", "1", "", "x");
            for (int i = 0; i < 4; i++) {
                HeaderLines.message(translator, record);
            }

            assertThat(logged.lines("were left out"))
                    .hasSize(3)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("WARN [JS-5018] orders-to-nats: ")
                            .contains("most recently at orders-3@7")
                            .doesNotContain("secret", "TTL"));
            assertThat(logged.lines("were left out"))
                    .extracting(line -> line.split(" ")[3])
                    .containsExactly("3", "6", "9");
        }
    }

    @Test
    void coordinatesAreThoseOfKafkaWhateverTransformsMadeOfThem() {
        SinkRecord read =
                new SinkRecord("orders", 3, null, "k", null, "v", 7, 1_785_500_000_123L, TimestampType.CREATE_TIME);
        SinkRecord routed = read.newRecord("other", 0, null, "k", null, "v", 1L);

        assertThat(HeaderLines.of(routed, "headers.coordinates", "true"))
                .containsExactly("Kafka-Offset:7", "Kafka-Partition:3", "Kafka-Timestamp:1", "Kafka-Topic:orders");
        assertThat(HeaderLines.of(read, "headers.coordinates", "true")).contains("Kafka-Timestamp:1785500000123");
    }

    @Test
    void theKeyGoesIntoTheHeaderThatIsNamed() {
        assertThat(withKey(null, "a key")).containsExactly("Kafka-Key:a key");
        assertThat(withKey(null, "é")).containsExactly("Kafka-Key:%C3%A9");
        assertThat(withKey(null, new byte[] {1})).containsExactly("Kafka-Key:%01");
        assertThat(withKey(null, "")).containsExactly("Kafka-Key:");
        assertThat(withKey(null, 42L)).containsExactly("Kafka-Key:42");
        assertThat(withKey(null, null)).isEmpty();
        assertThat(withKey(Timestamp.SCHEMA, new java.util.Date(0)))
                .containsExactly("Kafka-Key:1970-01-01T00:00:00.000Z");
        Schema schema = SchemaBuilder.struct().field("id", Schema.INT32_SCHEMA).build();
        assertThat(withKey(schema, new Struct(schema).put("id", 1))).containsExactly("Kafka-Key:{\"id\":1}");
        assertThat(withKey(null, List.of("a", 1))).containsExactly("Kafka-Key:[\"a\",1]");
    }

    @Test
    void aKeyThatIsNoTextRejectsTheRecord() {
        assertRejected(() -> withKey(null, new Object()), "The key is a java.lang.Object", "headers.key");
    }

    @Test
    void theSchemaOfTheValueIsNamed() {
        Schema named =
                SchemaBuilder.struct().name("com.example.Örder").version(3).build();

        assertThat(withSchema(named, new Struct(named)))
                .containsExactly("Kafka-Schema-Name:com.example.%C3%96rder", "Kafka-Schema-Version:3");
        assertThat(withSchema(Schema.STRING_SCHEMA, "v")).isEmpty();
        assertThat(withSchema(null, "v")).isEmpty();
        assertThat(withSchema(named, null))
                .containsExactly(
                        "Kafka-Schema-Name:com.example.%C3%96rder", "Kafka-Schema-Version:3", "Kafka-Tombstone:true");
    }

    @Test
    void theTraceContextIsTheLastOne() {
        SinkRecord record = HeaderLines.with(
                "traceparent", "old",
                "traceparent", TRACE.getBytes(UTF_8),
                "tracestate", "a=1, b=2",
                "baggage", "k=%20v",
                "id", "1");

        assertThat(HeaderLines.of(record, "headers.trace", "true"))
                .containsExactly("baggage:k=%20v", "traceparent:" + TRACE, "tracestate:a=1, b=2");
        assertThat(HeaderLines.of(record, "headers.trace", "true", "headers.include", "*"))
                .containsExactly("baggage:k=%20v", "id:1", "traceparent:" + TRACE, "tracestate:a=1, b=2");
        assertThat(HeaderLines.of(record, "headers.include", "*")).hasSize(5);
    }

    @Test
    void aTraceContextThatIsNoneDoesNotTravel() {
        SinkRecord record = HeaderLines.with(
                "traceparent", "00-é",
                "tracestate", new byte[] {(byte) 0xC3, (byte) 0xA9},
                "baggage", "good",
                "baggage", "a\r\nb");

        assertThat(HeaderLines.of(record, "headers.trace", "true", "headers.include", "*"))
                .isEmpty();
        assertThat(HeaderLines.of(HeaderLines.with("traceparent", "", "baggage", 5), "headers.trace", "true"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish", "skip"})
    void aTombstoneKeepsAllOfThem(String tombstones) {
        ConnectHeaders headers = new ConnectHeaders();
        headers.addString("id", "7");
        SinkRecord record = new SinkRecord("orders", 3, null, "k", null, null, 7, null, null, headers);
        try (RecordTranslator translator = new RecordTranslator(
                Translations.of(
                        "headers.include", "id",
                        "headers.key", "Kafka-Key",
                        "headers.coordinates", "true",
                        "headers.origin", "eu",
                        "message.id", "coordinates",
                        "message.ttl.ms", "60000",
                        "tombstones", tombstones),
                "orders-to-nats")) {
            @Nullable OutboundMessage message = translator.translate(record);

            if (tombstones.equals("skip")) {
                assertThat(message).isNull();
            } else {
                assertThat(HeaderLines.of(message.headers()))
                        .containsExactly(
                                "Jetsink-Origin:eu",
                                "Kafka-Key:k",
                                "Kafka-Offset:7",
                                "Kafka-Partition:3",
                                "Kafka-Tombstone:true",
                                "Kafka-Topic:orders",
                                "Nats-Msg-Id:orders-to-nats:orders:3:7",
                                "Nats-TTL:60s",
                                "id:7");
            }
        }
    }

    @Test
    void moreHeadersThanAServerTakesRejectTheRecord() {
        ConnectHeaders headers = new ConnectHeaders();
        for (int i = 0; i < 5_000; i++) {
            headers.addString("name-" + i, "value");
        }

        assertRejected(() -> HeaderLines.of(record(headers), "headers.include", "*"), "headers.include");
        assertThat(HeaderLines.of(record(headers), "headers.include", "*-1,*-2"))
                .hasSize(2);
    }

    private static List<String> withKey(@Nullable Schema schema, @Nullable Object key) {
        return HeaderLines.of(
                new SinkRecord("orders", 3, schema, key, null, "v", 7),
                "headers.key",
                "Kafka-Key",
                "subject",
                "orders");
    }

    private static List<String> withSchema(@Nullable Schema schema, @Nullable Object value) {
        return HeaderLines.of(new SinkRecord("orders", 3, null, "k", schema, value, 7), "headers.schema", "true");
    }

    private static SinkRecord record(ConnectHeaders headers) {
        return new SinkRecord("orders", 3, null, "k", null, "v", 7, null, null, headers);
    }
}
