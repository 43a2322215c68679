package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.example.jetsink.Envelopes;
import com.example.jetsink.NamedConnections;
import com.example.jetsink.RegionHeaders;
import com.example.jetsink.RegionSubjects;
import io.jetsink.support.Bridge;
import io.jetsink.support.ExamplePlugin;
import io.jetsink.support.kafka.ConnectStatus;
import io.jetsink.support.kafka.ConnectValidation;
import io.nats.client.Connection;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user's own classes in a jar of their own, beside the connector's in the plugin folder of a real worker. */
class OwnClassesIT {
    private static Bridge bridge;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() throws Exception {
        Path example = ExamplePlugin.pack(folder);
        bridge = Bridge.start(1, connect -> connect.plugin(example));
    }

    @AfterAll
    static void stop() {
        bridge.close();
    }

    @Test
    void makeTheMessagesAndAreClosedInTheEnd() throws Exception {
        bridge.createTopicAndStream("own", 1);
        bridge.kafka().createTopic("own.dlq", 1);
        produce("own", "k1", "first");
        produce("own", null, "no key");
        produce("own", "k.2", "second");
        produce("own", "*", "wild");

        Map<String, String> own = withClasses("own", "eu");
        own.put("errors.tolerance", "all");
        own.put("errors.deadletterqueue.topic.name", "own.dlq");
        own.put("errors.deadletterqueue.topic.replication.factor", "1");
        bridge.rest().create("own", own);
        bridge.rest().awaitRunning("own", 1);
        bridge.awaitDrained("own");

        assertThat(bridge.stored("own")).isEqualTo(2);
        try (Connection connection = bridge.nats().connect()) {
            MessageInfo first = connection.jetStreamManagement().getMessage("own", 1);
            assertThat(first.getSubject()).isEqualTo("own.eu.k1");
            assertThat(new String(Objects.requireNonNull(first.getData()), UTF_8))
                    .isEqualTo("[first>");
            Headers headers = Objects.requireNonNull(first.getHeaders());
            assertThat(headers.get("Region")).containsExactly("eu", "offset 0");
            assertThat(headers.get("Content-Type")).containsExactly("text/plain");
            assertThat(headers.keySet()).doesNotContain("Nats-Rollup");
            assertThat(connection.jetStreamManagement().getMessage("own", 2).getSubject())
                    .isEqualTo("own.eu.k.2");
        }
        assertThat(bridge.kafka().endOffsets("own.dlq").values()).containsExactly(2L);
        assertThat(bridge.logs()).contains("hello from eu, connection 1");
        assertThat(bridge.logs()).doesNotContain("of region eu are closed");

        bridge.rest().delete("own");

        for (String line : List.of(
                "subjects of region eu are closed", "headers of region eu are closed",
                "envelopes are closed", "connections are closed")) {
            Awaitility.await(line)
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(bridge.logs()).contains(line));
        }
    }

    @Test
    void whatTheyRefuseFailsTheTaskWithTheirText() throws Exception {
        bridge.createTopicAndStream("refused", 1);
        Map<String, String> config = withClasses("refused", "us");
        config.remove("subject.mapper.region");

        bridge.rest().create("refused", config);
        ConnectStatus status = bridge.rest().awaitFailed("refused");

        assertThat(status.tasks().get(0).trace())
                .contains("ConfigException: [JS-1004] subject.mapper.region is missing: records have to go somewhere");
    }

    @Test
    void areFoundByTheValidationAsTheirKeysAre() {
        Map<String, String> config = withClasses("own", "eu");
        config.put("name", "own");
        ConnectValidation valid = bridge.rest().validate(Bridge.CONNECTOR_CLASS, config);
        assertThat(valid.errors()).isEmpty();

        config.put("subject.mapper", "com.example.jetsink.Missing");
        config.put("header.mapper", RegionSubjects.class.getName());
        ConnectValidation invalid = bridge.rest().validate(Bridge.CONNECTOR_CLASS, config);

        assertThat(invalid.errors()).containsOnlyKeys("subject.mapper", "header.mapper");
        assertThat(invalid.errors().get("subject.mapper").get(0)).contains("the connector's folder of plugin.path");
        assertThat(invalid.errors().get("header.mapper").get(0))
                .contains("does not implement io.jetsink.spi.HeaderMapper");
    }

    private static Map<String, String> withClasses(String topic, String region) {
        Map<String, String> config = bridge.config(topic, 1);
        config.remove("subject");
        config.put("subject.mapper", RegionSubjects.class.getName());
        config.put("subject.mapper.topic", topic);
        config.put("subject.mapper.region", region);
        config.put("header.mapper", RegionHeaders.class.getName());
        config.put("header.mapper.region", region);
        config.put("payload.encoder", Envelopes.class.getName());
        config.put("payload.encoder.open", "[");
        config.put("connection.customizer", NamedConnections.class.getName());
        config.put("connection.customizer.greeting", "hello from " + region);
        return config;
    }

    private static void produce(String topic, @Nullable String key, String value) {
        bridge.kafka().produce(topic, key == null ? null : key.getBytes(UTF_8), value.getBytes(UTF_8));
    }
}
