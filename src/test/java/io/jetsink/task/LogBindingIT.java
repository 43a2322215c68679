package io.jetsink.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.jetsink.LoggedConnections;
import io.jetsink.NatsJetStreamSinkConnector;
import io.jetsink.NatsJetStreamSinkTask;
import io.jetsink.support.ExamplePlugin;
import io.jetsink.support.Logged;
import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.kafka.ConnectRest;
import io.jetsink.support.kafka.EmbeddedWorker;
import io.jetsink.support.kafka.KafkaCluster;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * In each rig a WARN of the connector and a line that jnats logs with java.util.logging are found where the rig's tests
 * look: otherwise every check that something was not logged would be blind.
 */
class LogBindingIT {
    /** A port where nobody listens: below those that servers of tests have. */
    private static final String NOBODY = "nats://127.0.0.1:9";

    private static final String WARNING = "no working link to NATS";
    private static final String JNATS = "a line of jnats";
    private static KafkaCluster kafka;

    @TempDir
    static Path folder;

    @BeforeAll
    static void start() {
        kafka = KafkaCluster.start();
        kafka.createTopic("logged", 1);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void ofATaskInThisJvm() {
        try (Logged logged = Logged.begin()) {
            FakeWorker worker = new FakeWorker("logged", new NatsJetStreamSinkTask());
            worker.start(config());
            worker.until("a warning", Duration.ofSeconds(30), () -> found(String.join("\n", logged.lines())));
            worker.stop();
        }
    }

    @Test
    void ofAnEmbeddedWorker() {
        try (Logged logged = Logged.begin();
                EmbeddedWorker worker = EmbeddedWorker.start(kafka.bootstrap())) {
            assertFound(worker.rest(), () -> String.join("\n", logged.lines()));
        }
    }

    @Test
    void ofAWorkerProcessWithThePackagedPlugin() throws Exception {
        assertFound(ConnectCluster.builder(kafka.bootstrap()).packagedPlugin());
    }

    @Test
    void ofTheWorkerOfTheQuickstartAndTheBench() throws Exception {
        assertFound(ConnectCluster.measured(kafka.bootstrap()).packagedPlugin().group("measured"));
    }

    private static void assertFound(ConnectCluster.Builder workers) throws Exception {
        try (ConnectCluster connect = workers.plugin(ExamplePlugin.pack(folder)).start()) {
            assertFound(connect.rest(), () -> connect.worker(0).log());
            // In the layout that tests count on.
            assertThat(connect.worker(0).log().lines())
                    .anyMatch(line -> line.contains(" WARN ") && line.contains(WARNING));
        }
    }

    private static void assertFound(ConnectRest rest, Supplier<String> log) {
        rest.create("logged", config());
        Awaitility.await("a warning and a line of jnats")
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(log.get()).contains(WARNING, JNATS));
        rest.delete("logged");
    }

    private static boolean found(String log) {
        return log.contains(WARNING) && log.contains(JNATS);
    }

    private static Map<String, String> config() {
        Map<String, String> config = new HashMap<>();
        config.put("name", "logged");
        config.put("connector.class", NatsJetStreamSinkConnector.class.getName());
        config.put("topics", "logged");
        config.put("tasks.max", "1");
        config.put("nats.servers", NOBODY);
        config.put("connection.customizer", LoggedConnections.class.getName());
        return config;
    }
}
