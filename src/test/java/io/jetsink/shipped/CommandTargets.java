package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.jetsink.support.Recipes;
import io.jetsink.support.kafka.ConnectRest;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.ObjectStore;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectMeta;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StreamConfiguration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;

/** The topic, streams, buckets and connectors that the commands of the documents assume, in the services of a project. */
final class CommandTargets implements AutoCloseable {
    private final ComposeProject compose;
    private final ConnectRest rest;
    private final Connection nats;
    private final Admin kafka;

    /** Connects to services that run. */
    CommandTargets(ComposeProject compose) throws IOException, InterruptedException {
        this.compose = compose;
        this.rest = ConnectRest.at("http://127.0.0.1:" + compose.port(8083));
        this.nats = Nats.connect("nats://127.0.0.1:" + compose.port(4222));
        this.kafka = Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    private String bootstrap() {
        return "127.0.0.1:" + compose.port(9092);
    }

    ConnectRest rest() {
        return rest;
    }

    Connection nats() {
        return nats;
    }

    @Override
    public void close() throws InterruptedException {
        kafka.close(Duration.ZERO);
        nats.close();
    }

    /** Waits until each connector runs and stores a record that is produced now. */
    void awaitConnectors() throws Exception {
        for (String name : rest.connectors()) {
            Awaitility.await("tasks of " + name)
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(100))
                    .ignoreExceptions()
                    .until(() -> rest.status(name).tasks().stream()
                                    .filter(task -> task.state().equals("RUNNING"))
                                    .count()
                            > 0);
            if (nats.jetStreamManagement().getStreamNames().contains("ORDERS")) {
                long before = stored();
                produce();
                Awaitility.await("a message of " + name)
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> stored() > before);
            }
        }
    }

    private long stored() throws Exception {
        return nats.jetStreamManagement()
                .getStreamInfo("ORDERS")
                .getStreamState()
                .getMsgCount();
    }

    private void produce() throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap()), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("orders", 0, "4711".getBytes(UTF_8), "{}".getBytes(UTF_8)))
                    .get();
        }
    }

    /** Returns the configuration of the quickstart, as the files of this host have it. */
    static Map<String, String> config(ContainerTree host) {
        Map<String, String> config = new HashMap<>(Recipes.files().stream()
                .filter(recipe -> recipe.name().equals("quickstart"))
                .findFirst()
                .orElseThrow()
                .copy());
        config.replaceAll((key, value) -> host.here(value));
        return config;
    }

    /** Connect's validation requires the name, as README.md states. */
    static Map<String, String> namedConfig(ContainerTree host) {
        Map<String, String> config = config(host);
        config.put("name", "orders");
        return config;
    }

    /** Makes what the commands assume: topics, streams, buckets and connectors that they name. */
    void prepare(String text) throws Exception {
        JetStreamManagement streams = nats.jetStreamManagement();
        if (text.contains("jetsink") && !text.contains("curl")) {
            return;
        }
        for (MatchResult found : found("nats stream (\\w+) ([A-Za-z_]+)", text)) {
            stream(streams, found.group(2), !found.group(1).equals("add"));
        }
        for (MatchResult found : found("nats consumer \\w+ ([A-Z]+)", text)) {
            stream(streams, found.group(1), true);
        }
        for (MatchResult found : found("nats kv (\\w+) (\\w+)", text)) {
            stream(streams, "KV_" + found.group(2), !found.group(1).equals("add"));
        }
        for (MatchResult found : found("nats object (\\w+) (\\w+)", text)) {
            stream(streams, "OBJ_" + found.group(2), !found.group(1).equals("add"));
        }
        if (text.contains("/connectors") && !text.contains("--create")) {
            topic();
        }
        if (text.contains("/connectors") && (text.contains("POST") || text.contains("/config"))) {
            rest.connectors().forEach(rest::delete);
            if (!text.contains("nats stream add")) {
                stream(streams, "ORDERS", true);
            }
        }
        for (MatchResult found : found("/connectors/(\\w+)/(?!config)", text)) {
            if (!text.contains(found.group(1) + ".json")) {
                connector(found.group(1));
            }
        }
        for (MatchResult found : found("--group connect-(\\w+)", text)) {
            connector(found.group(1));
        }
    }

    static List<MatchResult> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().toList();
    }

    private void topic() throws Exception {
        if (!kafka.listTopics().names().get().contains("orders")) {
            kafka.createTopics(List.of(new NewTopic("orders", Optional.of(4), Optional.empty())))
                    .all()
                    .get();
        }
    }

    void connector(String name) throws Exception {
        JetStreamManagement streams = nats.jetStreamManagement();
        if (!streams.getStreamNames().contains("ORDERS")) {
            stream(streams, "ORDERS", true);
        }
        topic();
        rest.create(name, config(compose.tree("connect")));
        rest.resume(name);
        rest.awaitRunning(name, 2);
        awaitConnectors();
    }

    /** Creates a stream, bucket or object store with content anew, or deletes it. */
    private void stream(JetStreamManagement streams, String name, boolean create) throws Exception {
        if (streams.getStreamNames().contains(name)) {
            streams.deleteStream(name);
        }
        if (!create) {
            return;
        }
        if (name.startsWith("KV_")) {
            String bucket = name.substring(3);
            nats.keyValueManagement()
                    .create(KeyValueConfiguration.builder()
                            .name(bucket)
                            .maxHistoryPerKey(5)
                            .build());
            nats.keyValue(bucket).put("42", "value");
        } else if (name.startsWith("OBJ_")) {
            String bucket = name.substring(4);
            nats.objectStoreManagement()
                    .create(ObjectStoreConfiguration.builder(bucket).build());
            ObjectStore objects = nats.objectStore(bucket);
            objects.put(ObjectMeta.objectName("orders-to-nats/orders/0/4711"), new ByteArrayInputStream(new byte[10]));
        } else {
            streams.addStream(StreamConfiguration.builder()
                    .name(name)
                    .subjects("orders.>", "jetsink.offsets.orders.>")
                    .build());
            nats.jetStream().publish("jetsink.offsets.orders.orders.0", new byte[0]);
        }
    }
}
