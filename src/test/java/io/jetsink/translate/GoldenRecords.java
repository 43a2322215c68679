package io.jetsink.translate;

import static io.jetsink.translate.Records.ordered;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** The records of which golden files say what becomes of them, by the files' names. */
@SuppressWarnings("JavaUtilDate") // Connect's own type for points in time.
final class GoldenRecords {
    private static final long DAY = 86_400_000;
    private static final long NOON = 43_200_000;
    private static final Instant TIME = Instant.parse("2026-08-01T12:34:56.789Z");
    private static final java.util.Date AT = java.util.Date.from(TIME);
    private static final byte[] BYTES = HexFormat.of().parseHex("00010aff7f22");

    private final Map<String, SinkRecord> all = new LinkedHashMap<>();

    private GoldenRecords() {
        text();
        bytes();
        structs();
        logicalTypes();
        schemaless();
        nulls();
        ownEvents();
        wholeEvents();
        invalidEvents();
    }

    static Map<String, SinkRecord> all() {
        return new GoldenRecords().all;
    }

    private void text() {
        value("string", Schema.STRING_SCHEMA, "plain \"text\"");
        value("string-unicode", null, "K\u00f6ln \u65e5\u672c \ud83d\ude00\r\n\t");
        value("string-empty", Schema.STRING_SCHEMA, "");
        value("string-half-surrogate", null, "a\ud83db");
        value("string-json", Schema.STRING_SCHEMA, "{\"id\":1}");
    }

    private void bytes() {
        value("bytes", Schema.BYTES_SCHEMA, BYTES);
        value("bytes-schemaless", null, "{\"id\":1}".getBytes(UTF_8));
        value("bytes-empty", Schema.BYTES_SCHEMA, new byte[0]);
        value("bytes-buffer", Schema.BYTES_SCHEMA, ByteBuffer.wrap(BYTES, 1, 4));
        value("bytes-java-serialized", Schema.BYTES_SCHEMA, HexFormat.of().parseHex("aced000574000161"));
    }

    private void structs() {
        Schema address = SchemaBuilder.struct()
                .name("Address")
                .optional()
                .field("city", Schema.STRING_SCHEMA)
                .field("zip", Schema.OPTIONAL_INT32_SCHEMA)
                .build();
        Schema order = SchemaBuilder.struct()
                .name("io.example.Order")
                .version(3)
                .field("boolean", Schema.BOOLEAN_SCHEMA)
                .field("int8", Schema.INT8_SCHEMA)
                .field("int16", Schema.INT16_SCHEMA)
                .field("int32", Schema.INT32_SCHEMA)
                .field("int64", Schema.INT64_SCHEMA)
                .field("float32", Schema.FLOAT32_SCHEMA)
                .field("float64", Schema.FLOAT64_SCHEMA)
                .field("string", Schema.STRING_SCHEMA)
                .field("bytes", Schema.BYTES_SCHEMA)
                .field("decimal", Decimal.schema(2))
                .field("date", Date.SCHEMA)
                .field("time", Time.SCHEMA)
                .field("timestamp", Timestamp.SCHEMA)
                .field("array", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
                .field(
                        "decimals",
                        SchemaBuilder.array(Decimal.builder(0).optional().build())
                                .build())
                .field(
                        "map",
                        SchemaBuilder.map(Schema.STRING_SCHEMA, Date.SCHEMA).build())
                .field(
                        "numbered",
                        SchemaBuilder.map(Schema.INT32_SCHEMA, Schema.BOOLEAN_SCHEMA)
                                .build())
                .field("home", address)
                .field("work", address)
                .field("all", SchemaBuilder.array(address).build())
                .build();
        Struct home = new Struct(address).put("city", "K\u00f6ln").put("zip", 50667);
        value(
                "struct",
                order,
                new Struct(order)
                        .put("boolean", true)
                        .put("int8", (byte) -8)
                        .put("int16", (short) 16)
                        .put("int32", Integer.MIN_VALUE)
                        .put("int64", Long.MAX_VALUE)
                        .put("float32", 0.1f)
                        .put("float64", 1.0E-10)
                        .put("string", "a\"b\\c\u0001")
                        .put("bytes", BYTES)
                        .put("decimal", new BigDecimal("-1234567890123456789.50"))
                        .put("date", new java.util.Date(20_666 * DAY))
                        .put("time", new java.util.Date(NOON + 1))
                        .put("timestamp", AT)
                        .put("array", List.of("b", "a", ""))
                        .put("decimals", Arrays.asList(new BigDecimal("128"), null))
                        .put("map", ordered("y", new java.util.Date(0), "x", new java.util.Date(-DAY)))
                        .put("numbered", ordered(2, true, 1, false))
                        .put("home", home)
                        .put("all", List.of(home, new Struct(address).put("city", "Bonn"))));
        Schema defaults = SchemaBuilder.struct()
                .field(
                        "optional",
                        SchemaBuilder.int32().optional().defaultValue(5).build())
                .field("required", SchemaBuilder.int32().defaultValue(6).build())
                .field(
                        "price",
                        Decimal.builder(1).defaultValue(new BigDecimal("9.9")).build())
                .field("none", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        value("struct-defaults", defaults, new Struct(defaults));
        Schema empty = SchemaBuilder.struct().build();
        value("struct-empty", empty, new Struct(empty));
    }

    private void logicalTypes() {
        value("decimal", Decimal.schema(2), new BigDecimal("1.50"));
        value("decimal-negative-scale", Decimal.schema(-3), new BigDecimal("-12E+3"));
        value("decimal-of-another-scale", Decimal.schema(2), new BigDecimal("1.5"));
        value("decimal-huge-exponent", Decimal.schema(-1_000_000_000), new BigDecimal("1E+1000000000"));
        value("date", Date.SCHEMA, new java.util.Date(-DAY));
        value("date-with-time", Date.SCHEMA, new java.util.Date(1));
        value("time", Time.SCHEMA, new java.util.Date(DAY - 1));
        value("timestamp", Timestamp.SCHEMA, new java.util.Date(-1));
    }

    private void schemaless() {
        value("int", Schema.INT32_SCHEMA, 5);
        value("double-nan", null, Double.NaN);
        value("boolean", null, true);
        value(
                "map",
                null,
                ordered(
                        "id",
                        1L,
                        "name",
                        "\u00e9",
                        "none",
                        null,
                        "list",
                        Arrays.asList(1.5, "a", null, List.of()),
                        "map",
                        ordered("deep", ordered())));
        value("map-of-numbers", null, ordered(2L, "b", 1L, "a"));
        value("map-with-null-key", null, ordered(null, 1));
        value("list", null, new ArrayList<>(List.of("a", 1L, true)));
        value("decimal-schemaless", null, new BigDecimal("1.50"));
        value("date-schemaless", null, AT);
    }

    private void nulls() {
        value("null-value", Schema.OPTIONAL_STRING_SCHEMA, null);
        all.put("null-key", record(null, null, Schema.STRING_SCHEMA, "no key", TIME.toEpochMilli()));
        all.put("null-key-and-value", record(null, null, null, null, TIME.toEpochMilli()));
        all.put("no-timestamp", record(Schema.INT64_SCHEMA, 42L, null, new ArrayList<>(List.of(1)), null));
        all.put("key-of-bytes", record(Schema.BYTES_SCHEMA, new byte[] {(byte) 0xff}, null, "v", 0L));
    }

    private void ownEvents() {
        event("event-bytes", "{\"a\": 1}".getBytes(UTF_8), "content-type", "application/json");
        event("event-string", "{\"a\": 1}", "content-type", "application/vnd.a+json; charset=utf-8");
        event("event-xml", "<much wow=\"xml\"/>", "content-type", "text/xml");
        event("event-struct", ordered("a", 1L), "content-type", "application/avro");
        event("event-struct-of-json", ordered("a", 1L), "content-type", "Application/Vnd.a+JSON");
        event("event-without-type", "a");
        event("event-without-data", null, "content-type", "application/json");
        event(
                "event-attributes",
                new byte[] {1},
                "ce_subject",
                "Euro \u20ac \ud83d\ude00",
                "ce_percent",
                "100%\"sure\"",
                "ce_time",
                "2018-04-05T03:56:24Z",
                "ce_empty",
                "",
                "ce_datacontenttype",
                "image/png",
                "ce_none",
                null,
                "Ce_other",
                "no attribute",
                "plain",
                "no attribute");
        ConnectHeaders asBytes = new ConnectHeaders();
        List.of("specversion:1.0", "id:\u00e9 1", "source:/s", "type:t").forEach(attribute -> {
            String[] parts = attribute.split(":", 2);
            asBytes.addBytes("ce_" + parts[0], parts[1].getBytes(UTF_8));
        });
        all.put("event-headers-of-bytes", record(new byte[] {1}, asBytes));
    }

    private void wholeEvents() {
        String document = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":{\"a\": 1}}";
        String type = "application/cloudevents+json; charset=UTF-8";
        headers("whole-event", document.getBytes(UTF_8), "content-type", type, "ce_id", "not looked at");
        headers("whole-event-string", document, "content-type", "Application/CloudEvents+JSON");
        headers("whole-event-map", ordered("specversion", "1.0", "id", "1", "data", null), "content-type", type);
        headers("whole-event-in-avro", new byte[] {1}, "content-type", "application/cloudevents+avro");
        headers("whole-events-in-a-batch", "[]", "content-type", "application/cloudevents-batch+json");
    }

    private void invalidEvents() {
        headers("invalid-no-id", "v", "ce_specversion", "1.0", "ce_source", "/s", "ce_type", "t");
        headers("invalid-empty-type", "v", "ce_specversion", "1.0", "ce_id", "1", "ce_source", "/s", "ce_type", "");
        headers("invalid-null-version", "v", "ce_specversion", null, "ce_id", "1", "ce_source", "/s", "ce_type", "t");
        headers("invalid-version", "v", "ce_specversion", "0.3", "ce_id", "1", "ce_source", "/s", "ce_type", "t");
        event("invalid-name", "v", "ce_Bad-Name", "x");
        event("invalid-name-data", "v", "ce_data", "x");
        event("invalid-name-empty", "v", "ce_", "x");
        event("invalid-twice", "v", "ce_id", "2");
        event("invalid-half-surrogate", "v", "ce_subject", "a\ud800");
        ConnectHeaders guessed = new ConnectHeaders();
        guessed.addByte("ce_specversion", (byte) 1);
        all.put("invalid-guessed-number", record("v", guessed));
        ConnectHeaders broken = new ConnectHeaders();
        broken.addBytes("ce_specversion", new byte[] {(byte) 0xff});
        all.put("invalid-utf-8", record("v", broken));
    }

    private void value(String name, @Nullable Schema schema, @Nullable Object value) {
        all.put(name, record(Schema.STRING_SCHEMA, "k", schema, value, TIME.toEpochMilli()));
    }

    private void event(String name, @Nullable Object value, @Nullable String... more) {
        String[] required = {"ce_specversion", "1.0", "ce_id", "1", "ce_source", "/s", "ce_type", "t"};
        String[] headers = Arrays.copyOf(required, required.length + more.length);
        System.arraycopy(more, 0, headers, required.length, more.length);
        headers(name, value, headers);
    }

    private void headers(String name, @Nullable Object value, @Nullable String... namesAndValues) {
        ConnectHeaders headers = new ConnectHeaders();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1], null);
        }
        all.put(name, record(value, headers));
    }

    private static SinkRecord record(@Nullable Object value, ConnectHeaders headers) {
        return record(Schema.STRING_SCHEMA, "k", null, value, TIME.toEpochMilli())
                .newRecord("orders", 3, Schema.STRING_SCHEMA, "k", null, value, TIME.toEpochMilli(), headers);
    }

    private static SinkRecord record(
            @Nullable Schema keySchema,
            @Nullable Object key,
            @Nullable Schema schema,
            @Nullable Object value,
            @Nullable Long timestamp) {
        return new SinkRecord("orders", 3, keySchema, key, schema, value, 7, timestamp, TimestampType.CREATE_TIME);
    }
}
