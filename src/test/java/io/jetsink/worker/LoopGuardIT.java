package io.jetsink.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.Logged;
import io.jetsink.support.kafka.EmbeddedWorker;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.Message;
import io.nats.client.PushSubscribeOptions;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code headers.origin}: a topic and a stream that are bridged both ways, the way back by a few lines of this test. */
class LoopGuardIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int RECORDS = 50;
    private static KafkaCluster kafka;
    private static EmbeddedWorker connect;
    private static NatsServer nats;
    private static Connection direct;
    private static KafkaProducer<byte[], byte[]> producer;

    @BeforeAll
    static void start() throws Exception {
        kafka = KafkaCluster.start();
        nats = NatsServer.start();
        connect = EmbeddedWorker.start(kafka.bootstrap());
        direct = nats.connect();
        producer = kafka.producer();
    }

    @AfterAll
    static void stop() throws Exception {
        producer.close();
        direct.close();
        connect.close();
        nats.close();
        kafka.close();
    }

    @Test
    void whatComesBackIsLeftOutAndWhatIsNewPasses() throws Exception {
        bridge("guarded", Map.of("headers.origin", "kafka-eu", "headers.include", "*"));
        try (Logged logged = Logged.begin()) {
            produce("guarded", 0, null);
            // What some other bridge has marked is none of ours.
            produce("guarded", RECORDS, "kafka-us");
            // A message that was born on the other side goes into the topic and comes back once: it has no mark yet.
            direct.jetStream().publish("guarded.native", "native".getBytes(UTF_8));
            long messages = 2 * RECORDS + 2;

            // Everything in the stream went into the topic; what of it was marked ended there.
            Awaitility.await("the bridges to be at rest")
                    .atMost(PATIENCE)
                    .until(() -> end("guarded") == 2 * RECORDS + messages && committed("guarded") == end("guarded"));

            assertThat(stored("guarded")).isEqualTo(messages);
            assertThat(logged.lines("skipping records that have the header"))
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line).contains("INFO guarded: ", "Jetsink-Origin=kafka-eu", "headers.origin"));
        }
    }

    /** The loop that there is without it. */
    @Test
    void withoutAnOriginItNeverEnds() throws Exception {
        bridge("looping", Map.of("headers.include", "*"));
        produce("looping", 0, null);

        Awaitility.await("the records to go round").atMost(PATIENCE).until(() -> stored("looping") > 5 * RECORDS);

        connect.rest().delete("looping");
    }

    private static void bridge(String name, Map<String, String> more) throws Exception {
        kafka.createTopic(name, 1);
        direct.jetStreamManagement()
                .addStream(StreamConfiguration.builder()
                        .name(name)
                        .subjects(name, name + ".>")
                        .allowBatched()
                        .build());
        back(name);
        Map<String, String> config = new HashMap<>(
                Map.of("connector.class", Bridge.CONNECTOR_CLASS, "topics", name, "jetstream.stream", name));
        config.put("nats.servers", nats.url());
        config.putAll(more);
        connect.rest().create(name, config);
        connect.rest().awaitRunning(name, 1);
    }

    /** From the stream into the topic, headers and all. */
    private static void back(String name) throws Exception {
        JetStream jetStream = direct.jetStream();
        Dispatcher dispatcher = direct.createDispatcher();
        jetStream.subscribe(
                name + ".>", dispatcher, message -> send(name, message), true, PushSubscribeOptions.stream(name));
        jetStream.subscribe(name, dispatcher, message -> send(name, message), true, PushSubscribeOptions.stream(name));
    }

    private static void send(String topic, Message message) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, message.getData());
        Headers headers = message.getHeaders();
        if (headers != null) {
            headers.forEach(
                    (name, values) -> values.forEach(value -> record.headers().add(name, value.getBytes(UTF_8))));
        }
        producer.send(record);
    }

    private static void produce(String topic, int from, @Nullable String origin) {
        for (int i = from; i < from + RECORDS; i++) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, ("value " + i).getBytes(UTF_8));
            if (origin != null) {
                record.headers().add("Jetsink-Origin", origin.getBytes(UTF_8));
            }
            producer.send(record);
        }
        producer.flush();
    }

    private static long stored(String stream) throws Exception {
        return direct.jetStreamManagement()
                .getStreamInfo(stream)
                .getStreamState()
                .getMsgCount();
    }

    private static long end(String topic) {
        return kafka.endOffsets(topic).get(new TopicPartition(topic, 0));
    }

    private static long committed(String connector) {
        return kafka.committed("connect-" + connector).getOrDefault(new TopicPartition(connector, 0), 0L);
    }
}
