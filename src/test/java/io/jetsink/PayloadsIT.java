package io.jetsink;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.AvroRegistry;
import io.jetsink.support.Bridge;
import io.jetsink.support.Recipes;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What payload encoders make of records in a real worker with real converters: the documentation's recipes first. */
class PayloadsIT {
    private static final long TIME = 1_785_587_696_789L;
    private static final Recipes RECIPES = Recipes.of("mapping-payloads.md");

    private static Bridge bridge;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void start() throws IOException {
        Path beside = beside();
        bridge = Bridge.start(1, cluster -> cluster.plugin(beside));
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    @Test
    void avroBecomesJson() throws Exception {
        org.apache.avro.Schema schema = new org.apache.avro.Schema.Parser().parse("""
                {"type": "record", "name": "Order", "fields": [
                  {"name": "id", "type": "long"},
                  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
                  {"name": "note", "type": ["null", "string"], "default": null},
                  {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}""");
        GenericData.Record order = new GenericData.Record(schema);
        order.put("id", 5L);
        order.put("price", ByteBuffer.wrap(new byte[] {0x03, (byte) 0xde}));
        order.put("at", TIME);
        try (AvroRegistry registry = AvroRegistry.start(Map.of(7, schema))) {
            Map<String, String> config = recipe("avro-to-json");
            config.replaceAll((key, value) -> value.replace("registry.example.com:8080", registry.address()));
            produce("orders-avro", "k", AvroRegistry.encode(7, order), Map.of());

            bridge.rest().create("avro-to-json", config);

            assertThat(payloads("ORDERS_AVRO", 1))
                    .containsExactly("{\"id\":5,\"price\":\"9.90\",\"note\":null,\"at\":\"2026-08-01T12:34:56.789Z\"}");
        }
    }

    @Test
    void aStructLosesItsEnvelopeOrKeepsIt() throws Exception {
        Map<String, String> plain = recipe("schema-json-to-json");
        Map<String, String> kept = recipe("keep-the-schema");
        Schema schema = SchemaBuilder.struct()
                .name("Order")
                .field("id", Schema.INT64_SCHEMA)
                .field("price", Decimal.schema(2))
                .field("at", Timestamp.SCHEMA)
                .field("tags", SchemaBuilder.array(Schema.STRING_SCHEMA).build())
                .field("note", Schema.OPTIONAL_STRING_SCHEMA)
                .build();
        Struct order = new Struct(schema)
                .put("id", 5L)
                .put("price", new BigDecimal("9.90"))
                .put("at", java.util.Date.from(java.time.Instant.ofEpochMilli(TIME)))
                .put("tags", List.of("b", "a"));
        byte[] enveloped = enveloped(schema, order);
        produce("orders-enveloped", "k", enveloped, Map.of());
        produce("orders-kept", "k", enveloped, Map.of());

        bridge.rest().create("schema-json-to-json", plain);
        bridge.rest().create("keep-the-schema", kept);

        assertThat(payloads("ORDERS_ENVELOPED", 1))
                .containsExactly("{\"id\":5,\"price\":9.90,\"at\":1785587696789,\"tags\":[\"b\",\"a\"],\"note\":null}");
        assertThat(payloads("ORDERS_KEPT", 1)).containsExactly(new String(enveloped, UTF_8));
    }

    @Test
    void eventsStayEventsAndOtherRecordsBecomeSome() throws Exception {
        Map<String, String> config = recipe("cloudevents-to-nats");
        Map<String, String> attributes = new TreeMap<>(Map.of(
                "specversion", "1.0",
                "id", "007",
                "source", "/orders?a=%20b",
                "type", "com.example.order",
                "subject", "Euro \u20ac \ud83d\ude00 \"100%\"",
                "time", "2018-04-05T03:56:24Z"));
        Map<String, String> headers = new HashMap<>();
        attributes.forEach((name, value) -> headers.put("ce_" + name, value));
        headers.put("content-type", "application/json; charset=utf-8");
        produce("events", "own", "{\"a\": 1}".getBytes(UTF_8), headers);
        produce("events", "made", new byte[] {0, (byte) 0xff}, Map.of());
        String document = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}";
        produce("events", "whole", document.getBytes(UTF_8), Map.of("content-type", "application/cloudevents+json"));

        bridge.rest().create("cloudevents-to-nats", config);

        List<MessageInfo> messages = messages("EVENTS", 3);
        attributes.put("datacontenttype", "application/json; charset=utf-8");
        assertThat(attributes(messages.get(0))).isEqualTo(attributes);
        assertThat(messages.get(0).getData()).isEqualTo("{\"a\": 1}".getBytes(UTF_8));
        assertThat(attributes(messages.get(1)))
                .isEqualTo(Map.of(
                        "specversion", "1.0",
                        "id", "events-0-1",
                        "source", "https://kafka.example.com/orders",
                        "type", "com.example.order.changed",
                        "subject", "made",
                        "time", "2026-08-01T12:34:56.789Z",
                        "datacontenttype", "application/octet-stream"));
        assertThat(messages.get(1).getData()).isEqualTo(new byte[] {0, (byte) 0xff});
        assertThat(attributes(messages.get(2))).isEmpty();
        assertThat(Objects.requireNonNull(messages.get(2).getHeaders()).getFirst("Content-Type"))
                .isEqualTo("application/cloudevents+json");
        assertThat(messages.get(2).getData()).isEqualTo(document.getBytes(UTF_8));
    }

    @Test
    void aConverterBesideTheConnectorIsFound() throws Exception {
        bridge.createTopicAndStream("beside", 1);
        produce("beside", "k", "text".getBytes(UTF_8), Map.of());

        bridge.run(
                "beside",
                1,
                Map.of(
                        "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "payload.encoder", "converter",
                        "payload.converter", UpperCase.class.getName(),
                        "payload.converter.suffix", "!"));

        assertThat(payloads("beside", 1)).containsExactly("TEXT!");
    }

    @Test
    void jsonOfAHundredThousandLevelsAndHugeNumbersEndNoTask() throws Exception {
        bridge.createTopicAndStream("deep", 1);
        bridge.kafka().createTopic("deep.dlq", 1);
        produce("deep", "k", ("[".repeat(100_000) + "]".repeat(100_000)).getBytes(UTF_8), Map.of());
        produce("deep", "k", "{\"n\":1e1000000000}".getBytes(UTF_8), Map.of());
        // A value as long as JSON lets it be in a message, and one that is a byte too long.
        String longest = "x".repeat((1 << 20) - 2);
        produce("deep", "k", ('"' + longest + '"').getBytes(UTF_8), Map.of());
        produce("deep", "k", ('"' + longest + "x\"").getBytes(UTF_8), Map.of());
        produce("deep", "k", "[1]".getBytes(UTF_8), Map.of());

        bridge.run(
                "deep",
                1,
                Map.of(
                        "value.converter",
                        "org.apache.kafka.connect.json.JsonConverter",
                        "value.converter.schemas.enable",
                        "false",
                        "payload.encoder",
                        "json",
                        "errors.tolerance",
                        "all",
                        "errors.deadletterqueue.topic.name",
                        "deep.dlq",
                        "errors.deadletterqueue.topic.replication.factor",
                        "1",
                        "producer.override.max.request.size",
                        "4194304",
                        "producer.override.compression.type",
                        "gzip",
                        "consumer.override.max.partition.fetch.bytes",
                        "4194304"));
        bridge.awaitDrained("deep");

        assertThat(payloads("deep", 3)).containsExactly("{\"n\":\"Infinity\"}", '"' + longest + '"', "[1]");
        assertThat(bridge.kafka().endOffsets("deep.dlq").values()).containsExactly(2L);
    }

    /** A recipe whose topic and stream are there, with our server's name in the place of the example's. */
    private static Map<String, String> recipe(String name) throws Exception {
        Map<String, String> config = RECIPES.config(name);
        String topic = Objects.requireNonNull(config.get("topics"));
        bridge.kafka().createTopic(topic, 1);
        bridge.createStream(config.get("jetstream.stream"), stream -> stream.subjects(topic + ".>"));
        config.put("nats.servers", bridge.nats().url());
        return config;
    }

    private static byte[] enveloped(Schema schema, Object value) {
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("decimal.format", "NUMERIC"), false);
            return converter.fromConnectData("orders", schema, value);
        }
    }

    private static void produce(String topic, String key, byte[] value, Map<String, String> headers) throws Exception {
        Properties config = new Properties();
        config.put("bootstrap.servers", bridge.kafka().bootstrap());
        config.put("max.request.size", Integer.toString(4 << 20));
        // The broker's limit is for what is sent, which is what a compressed batch has.
        config.put("compression.type", "gzip");
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(topic, 0, TIME, key, value);
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
        try (KafkaProducer<String, byte[]> producer =
                new KafkaProducer<>(config, new StringSerializer(), new ByteArraySerializer())) {
            producer.send(record).get();
        }
    }

    private static List<String> payloads(String stream, int count) throws Exception {
        return messages(stream, count).stream()
                .map(message -> new String(message.getData(), UTF_8))
                .toList();
    }

    private static List<MessageInfo> messages(String stream, int count) throws Exception {
        bridge.awaitStored(stream, count);
        List<MessageInfo> messages = new ArrayList<>();
        try (Connection connection = bridge.nats().connect()) {
            JetStreamManagement management = connection.jetStreamManagement();
            long last = management.getStreamInfo(stream).getStreamState().getLastSequence();
            for (long sequence = 1; sequence <= last; sequence++) {
                messages.add(management.getMessage(stream, sequence));
            }
        }
        assertThat(messages).hasSize(count);
        return messages;
    }

    /** As a reader finds them that follows the binding. */
    private static Map<String, String> attributes(MessageInfo message) {
        Headers headers = Objects.requireNonNull(message.getHeaders());
        Map<String, String> attributes = new HashMap<>();
        for (String name : headers.keySet()) {
            if (name.toLowerCase(Locale.ROOT).startsWith("ce-")) {
                String value = Objects.requireNonNull(headers.getFirst(name));
                assertThat(value).matches("[!-~&&[^\"]]*");
                attributes.put(name.substring(3), URLDecoder.decode(value.replace("+", "%2B"), UTF_8));
            }
        }
        return attributes;
    }

    /** An archive with one jar, which is unpacked into the connector's own folder. */
    private static Path beside() throws IOException {
        String connector = Objects.requireNonNull(System.getProperty("jetsink.zip"));
        String name = String.valueOf(Path.of(connector).getFileName());
        Path jar = folder.resolve("converter.jar");
        String type = UpperCase.class.getName().replace('.', '/') + ".class";
        try (InputStream bytes =
                Objects.requireNonNull(PayloadsIT.class.getClassLoader().getResourceAsStream(type))) {
            zip(jar, type, bytes.readAllBytes());
        }
        Path zip = folder.resolve("converter.zip");
        zip(zip, name.replace(".zip", "") + "/lib/converter.jar", Files.readAllBytes(jar));
        return zip;
    }

    private static void zip(Path file, String entry, byte[] content) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(content);
            zip.closeEntry();
        }
    }

    /** A user's own converter, which no worker has on its class path. */
    public static final class UpperCase implements Converter {
        private String suffix = "";

        @Override
        public void configure(Map<String, ?> configs, boolean isKey) {
            suffix = String.valueOf(configs.get("suffix"));
        }

        @Override
        public byte[] fromConnectData(String topic, Schema schema, Object value) {
            return (String.valueOf(value).toUpperCase(Locale.ROOT) + suffix).getBytes(UTF_8);
        }

        @Override
        public SchemaAndValue toConnectData(String topic, byte[] value) {
            throw new UnsupportedOperationException("a sink makes no records");
        }
    }
}
