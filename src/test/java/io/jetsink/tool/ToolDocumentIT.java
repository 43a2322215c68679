package io.jetsink.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.process.ProcessFiles;
import io.nats.client.Connection;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each command of tool.md prints what the document shows. */
class ToolDocumentIT {
    private static final long TIME = 1_785_587_696_789L;
    private static final Pattern EXAMPLE = Pattern.compile("```sh\\R(.*?)\\R```\\s+```text\\R(.*?)```", Pattern.DOTALL);

    @TempDir
    private Path folder;

    @Test
    void eachCommandPrintsWhatTheDocumentShows() throws Exception {
        String document = Files.readString(Path.of(System.getProperty("jetsink.basedir"), "src/docs/tool.md"));
        Matcher examples = EXAMPLE.matcher(document);
        List<String> commands = new ArrayList<>();
        try (NatsServer nats = NatsServer.start();
                KafkaCluster kafka = KafkaCluster.start();
                Connection connection = nats.connect()) {
            prepare(kafka, connection, nats.url());
            while (examples.find()) {
                String[] words = examples.group(1).split(" ");
                assertThat(words[0]).isEqualTo("bin/jetsink");
                commands.add(words[1]);
                for (int i = 2; i < words.length; i++) {
                    words[i] = words[i].matches(".*\\.(json|properties)")
                            ? folder.resolve(words[i]).toString()
                            : words[i];
                }

                ToolRun run = ToolRun.of(List.of(words).subList(1, words.length).toArray(String[]::new));

                assertThat(run.err()).isEmpty();
                assertThat(run.out().replace(folder + "/", "")).isEqualToNormalizingNewlines(examples.group(2));
            }
        }
        assertThat(commands).containsExactly("check", "explain", "verify");
        assertThat(document.lines().filter(line -> line.startsWith("bin/jetsink ")))
                .hasSameSizeAs(commands);
    }

    private void prepare(KafkaCluster kafka, Connection connection, String url) throws Exception {
        kafka.createTopic("orders", 2);
        kafka.produce(List.of(
                record(0, "4711", "{\"price\": 5}"),
                record(0, null, "{\"price\": 6}"),
                record(0, "4711", "{\"price\": 8}"),
                record(1, "4712", "{\"price\": 7}"),
                record(1, "4712", "{\"price\": 9}"),
                record(1, "4714", "{\"price\": 3}")));
        kafka.admin()
                .alterConsumerGroupOffsets(
                        "connect-orders",
                        Map.of(
                                new TopicPartition("orders", 0), new OffsetAndMetadata(3),
                                new TopicPartition("orders", 1), new OffsetAndMetadata(3)))
                .all()
                .get();
        connection
                .jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name("ORDERS")
                        .subjects("orders.>")
                        .build());
        store(connection, "orders.4711", 0, 0);
        store(connection, "orders.4711", 0, 2);
        store(connection, "orders.4712", 1, 0);
        store(connection, "orders.4714", 1, 2);
        store(connection, "orders.4714", 1, 2);
        connection.jetStream().publish("orders.other", new byte[0]);

        ProcessFiles.writeProperties(
                folder.resolve("worker.properties"),
                Map.of(
                        "bootstrap.servers", kafka.bootstrap(),
                        "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                        "value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter"));
        Map<String, String> config = Map.of(
                "connector.class", "io.jetsink.NatsJetStreamSinkConnector",
                "topics", "orders",
                "tasks.max", "2",
                "nats.servers", url,
                "jetstream.stream", "ORDERS",
                "subject", "orders.${key}",
                "headers.coordinates", "true");
        ToolRun.write(folder, "orders", config);
        Map<String, String> fast = new HashMap<>(config);
        fast.put("publish.mode", "fast");
        ToolRun.write(folder, "orders-fast", fast);
    }

    private static void store(Connection connection, String subject, int partition, int offset) throws Exception {
        connection
                .jetStream()
                .publish(
                        subject,
                        new Headers()
                                .put("Kafka-Topic", "orders")
                                .put("Kafka-Partition", Integer.toString(partition))
                                .put("Kafka-Offset", Integer.toString(offset)),
                        new byte[0]);
    }

    private static ProducerRecord<byte[], byte[]> record(int partition, String key, String value) {
        return new ProducerRecord<>(
                "orders", partition, TIME, key == null ? null : key.getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
