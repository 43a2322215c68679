package io.jetsink.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.kafka.ConnectStatus;
import io.nats.client.Connection;
import io.nats.client.api.MessageInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Records that cannot become a message, in a real worker: encoded where that is possible, else set aside in order. */
class BadRecordsIT {
    private static final int MAX_PAYLOAD = 1 << 20;
    private static Bridge bridge;

    @BeforeAll
    static void start() {
        bridge = Bridge.shared();
    }

    @Test
    void encodesOddKeysIntoOneTokenAndWritesNowhereElse() throws Exception {
        bridge.createTopicAndStream("odd", 1);
        bridge.createStream("VICTIM");
        try (Connection connection = bridge.nats().connect()) {
            connection.jetStream().publish("VICTIM.1", "keep me".getBytes(UTF_8));
        }
        List<String> keys = List.of(
                "plain",
                "with space",
                "*",
                ">",
                "a.b.c",
                "\r\nPUB x 0\r\n",
                "$JS.API.STREAM.DELETE.VICTIM",
                "日本",
                "...");
        for (String key : keys) {
            produce("odd", key.getBytes(UTF_8), "value".getBytes(UTF_8));
        }
        // A tombstone with such a key is an empty message: the form in which JetStream's own API takes its requests.
        produce("odd", "$JS.API.STREAM.PURGE.VICTIM".getBytes(UTF_8), null);

        bridge.run("odd", 1, Map.of("subject", "odd.${key}"));
        bridge.awaitDrained("odd");

        assertThat(subjects("odd"))
                .containsExactly(
                        "odd.plain",
                        "odd.with%20space",
                        "odd.%2A",
                        "odd.%3E",
                        "odd.a%2Eb%2Ec",
                        "odd.%0D%0APUB%20x%200%0D%0A",
                        "odd.%24JS%2EAPI%2ESTREAM%2EDELETE%2EVICTIM",
                        "odd.%E6%97%A5%E6%9C%AC",
                        "odd.%2E%2E%2E",
                        "odd.%24JS%2EAPI%2ESTREAM%2EPURGE%2EVICTIM");
        assertThat(bridge.stored("VICTIM")).isEqualTo(1);
        assertThat(bridge.nats().<List<String>>ask(streams -> streams.getStreamNames()))
                .doesNotContain("EVIL");
    }

    @Test
    void aKeyAloneCannotNameASubjectOfTheServer() throws Exception {
        bridge.createTopicAndStream("bare", 1);
        bridge.createStream("TARGET");
        bridge.kafka().createTopic("bare.dlq", 1);
        for (String key : List.of("$JS.API.STREAM.DELETE.TARGET", "_INBOX.x", "bare")) {
            produce("bare", key.getBytes(UTF_8), null);
        }

        bridge.run("bare", 1, deadLetters("bare.dlq", Map.of("subject", "bare.${key}")));
        bridge.awaitDrained("bare");

        assertThat(bridge.stored("bare")).isEqualTo(3);
        assertThat(bridge.stored("TARGET")).isZero();
    }

    @Test
    void setsAsideWhatCannotBeStoredInOrderAndGoesOn() throws Exception {
        bridge.createTopicAndStream("bad", 1);
        bridge.kafka().createTopic("bad.dlq", 1);
        List<String> good = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            good.add("bad.k" + i);
            produce("bad", ("k" + i).getBytes(UTF_8), ("v" + i).getBytes(UTF_8));
            switch (i % 4) {
                case 0 -> produce("bad", null, ("no key " + i).getBytes(UTF_8));
                case 1 -> produce("bad", "x".repeat(5_000).getBytes(UTF_8), ("long key " + i).getBytes(UTF_8));
                case 2 -> produce("bad", ("big" + i).getBytes(UTF_8), new byte[MAX_PAYLOAD + 1]);
                default -> produce("bad", new byte[0], ("empty key " + i).getBytes(UTF_8));
            }
        }

        bridge.run("bad", 1, deadLetters("bad.dlq", Map.of("subject", "bad.${key}")));
        bridge.awaitDrained("bad");

        assertThat(subjects("bad")).containsExactlyElementsOf(good);
        List<ConsumerRecord<byte[], byte[]>> rejected = consume("bad.dlq", 50);
        List<Long> offsets = rejected.stream()
                .map(record -> Long.parseLong(header(record, "__connect.errors.offset")))
                .toList();
        assertThat(offsets).isSorted().doesNotHaveDuplicates();
        assertThat(offsets).allMatch(offset -> offset % 2 == 1);
        assertThat(reason(rejected.get(0)))
                .startsWith("[JS-5001] bad-0@1 was rejected: ")
                .contains("no key");
        assertThat(reason(rejected.get(1)))
                .startsWith("[JS-5002] bad-0@3 was rejected: ")
                .contains("subject")
                .doesNotContain("xxx");
        assertThat(reason(rejected.get(2))).contains("bad-0@5").contains("max_payload");
        assertThat(reason(rejected.get(3))).contains("bad-0@7").contains("empty");
    }

    @Test
    void failsAtTheRecordWhenNothingIsTolerated() throws Exception {
        bridge.createTopicAndStream("strict", 1);
        for (int i = 0; i < 10; i++) {
            produce("strict", ("k" + i).getBytes(UTF_8), "v".getBytes(UTF_8));
        }
        produce("strict", null, "no key".getBytes(UTF_8));
        produce("strict", "after".getBytes(UTF_8), "v".getBytes(UTF_8));
        Map<String, String> config = bridge.config("strict", 1);
        config.put("subject", "strict.${key}");

        bridge.rest().create("strict", config);
        ConnectStatus status = bridge.rest().awaitFailed("strict");

        assertThat(status.tasks().get(0).trace()).contains("strict-0@10").contains("subject");
        assertThat(subjects("strict")).startsWith("strict.k0", "strict.k1").contains("strict.k9");
        assertThat(bridge.committed("strict").getOrDefault(new TopicPartition("strict", 0), 0L))
                .isLessThanOrEqualTo(10);
    }

    private static Map<String, String> deadLetters(String topic, Map<String, String> more) {
        Map<String, String> config = new HashMap<>(more);
        config.put("errors.tolerance", "all");
        config.put("errors.deadletterqueue.topic.name", topic);
        config.put("errors.deadletterqueue.topic.replication.factor", "1");
        config.put("errors.deadletterqueue.context.headers.enable", "true");
        // Connect's dead letter producer drops what is over its own limit, which is no larger than that of NATS.
        config.put("producer.override.max.request.size", Integer.toString(4 << 20));
        config.put("producer.override.compression.type", "gzip");
        return config;
    }

    private static void produce(String topic, byte @Nullable [] key, byte @Nullable [] value) throws Exception {
        bridge.kafka().produce(topic, key, value);
    }

    private static List<ConsumerRecord<byte[], byte[]>> consume(String topic, int count) {
        Properties config = new Properties();
        config.put("bootstrap.servers", bridge.kafka().bootstrap());
        config.put("auto.offset.reset", "earliest");
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (records.size() < count && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        assertThat(records).hasSize(count);
        return records;
    }

    private static String reason(ConsumerRecord<byte[], byte[]> record) {
        return header(record, "__connect.errors.exception.message");
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private static List<String> subjects(String stream) {
        return bridge.nats().messages(stream).stream()
                .map(MessageInfo::getSubject)
                .toList();
    }
}
