package io.jetsink.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A million records, and five messages that are not as they should be, in the 256 MB that the script asks for. */
@Tag("faults")
class VerifyMillionIT {
    private static final Logger LOG = LoggerFactory.getLogger(VerifyMillionIT.class);
    private static final String TOPIC = "verified";
    private static final int RECORDS = 1_000_000;

    @TempDir
    private static Path folder;

    private static KafkaCluster kafka;
    private static NatsServer nats;
    private static Connection connection;

    @BeforeAll
    static void start() throws Exception {
        nats = NatsServer.start();
        connection = nats.connect();
        kafka = KafkaCluster.start();
        kafka.createTopic(TOPIC, 2);
        try (KafkaProducer<byte[], byte[]> producer = kafka.producer()) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(
                        TOPIC, i % 2, null, StreamFill.value(i).getBytes(UTF_8)));
            }
        }
        kafka.admin()
                .alterConsumerGroupOffsets(
                        "connect-verified",
                        Map.of(
                                new TopicPartition(TOPIC, 0), new OffsetAndMetadata(RECORDS / 2),
                                new TopicPartition(TOPIC, 1), new OffsetAndMetadata(RECORDS / 2)))
                .all()
                .get();
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        kafka.close();
        nats.close();
    }

    @ParameterizedTest
    @EnumSource
    void exactlyTheDifferencesAreReported(VerifyWay way, @TempDir Path unpacked) throws Exception {
        connection.jetStreamManagement().addStream(way.stream());
        new StreamFill(connection, way, TOPIC).tampered(RECORDS, 400_000, 101, 600_000, 800_000);
        String file =
                ToolRun.write(folder, "verified", way.config(TOPIC, nats.url())).toString();

        long begin = System.nanoTime();
        ToolRun run = new ToolScript(unpacked)
                .run("verify", file, "--bootstrap-server", kafka.bootstrap(), "--format", "json");

        LOG.info("{}: {} s", way, (System.nanoTime() - begin) / 1_000_000_000);
        assertThat(run.status()).as(run.toString()).isEqualTo(1);
        JsonNode report = run.json();
        assertThat(List.of("records", "stored", "missing", "duplicates", "outOfOrder", "foreign"))
                .extracting(key -> report.path(key).asInt(-1))
                .containsExactly(RECORDS, RECORDS - 1, 1, 1, 1, 1);
        assertThat(report.path("examples")).isEqualTo(ToolRun.JSON.readTree("""
                {"missing": [{"record": "verified-0@200000"}],
                 "duplicates": [{"record": "verified-1@50", "sequence": 1000001, "firstSequence": 102}],
                 "outOfOrder": [{"record": "verified-0@300000", "sequence": 600002,
                                 "behindRecord": "verified-0@300001", "behindSequence": 600000}],
                 "foreign": [{"sequence": 800000, "subject": "%s.0"}]}
                """.formatted(way.subject())));
        connection.jetStreamManagement().deleteStream(way.name());
    }
}
