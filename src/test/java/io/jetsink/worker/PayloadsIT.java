package io.jetsink.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.process.ClassesJar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.zip.ZipOutputStream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What payload encoders make of records in a real worker, beyond what the documentation's recipes show. */
class PayloadsIT {
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
    void aConverterBesideTheConnectorIsFound() throws Exception {
        bridge.createTopicAndStream("beside", 1);
        produce("beside", "k", "text".getBytes(UTF_8));

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
        produce("deep", "k", ("[".repeat(100_000) + "]".repeat(100_000)).getBytes(UTF_8));
        produce("deep", "k", "{\"n\":1e1000000000}".getBytes(UTF_8));
        // A value as long as JSON lets it be in a message, and one that is a byte too long.
        String longest = "x".repeat((1 << 20) - 2);
        produce("deep", "k", ('"' + longest + '"').getBytes(UTF_8));
        produce("deep", "k", ('"' + longest + "x\"").getBytes(UTF_8));
        produce("deep", "k", "[1]".getBytes(UTF_8));

        bridge.run(
                "deep",
                1,
                Map.of(
                        "value.converter", "org.apache.kafka.connect.json.JsonConverter",
                        "value.converter.schemas.enable", "false",
                        "payload.encoder", "json",
                        "errors.tolerance", "all",
                        "errors.deadletterqueue.topic.name", "deep.dlq",
                        "errors.deadletterqueue.topic.replication.factor", "1",
                        "producer.override.max.request.size", "4194304",
                        "producer.override.compression.type", "gzip",
                        "consumer.override.max.partition.fetch.bytes", "4194304"));
        bridge.awaitDrained("deep");

        assertThat(payloads("deep", 3)).containsExactly("{\"n\":\"Infinity\"}", '"' + longest + '"', "[1]");
        assertThat(bridge.kafka().endOffsets("deep.dlq").values()).containsExactly(2L);
    }

    private static void produce(String topic, String key, byte[] value) {
        bridge.kafka().produce(topic, key.getBytes(UTF_8), value);
    }

    private static List<String> payloads(String stream, int count) {
        bridge.awaitStored(stream, count);
        return bridge.nats().messages(stream).stream()
                .map(message -> new String(message.getData(), UTF_8))
                .toList();
    }

    /** A jar with the converter alone, in the connector's own folder. */
    private static Path beside() throws IOException {
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        String type = UpperCase.class.getName().replace('.', '/') + ".class";
        try (InputStream bytes =
                        Objects.requireNonNull(PayloadsIT.class.getClassLoader().getResourceAsStream(type));
                ZipOutputStream content = new ZipOutputStream(jar)) {
            ClassesJar.add(content, type, bytes.readAllBytes());
        }
        return ClassesJar.beside(folder, "lib/converter.jar", jar.toByteArray());
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
            throw new AssertionError("a sink makes no records");
        }
    }
}
