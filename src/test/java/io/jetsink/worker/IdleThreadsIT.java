package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.EmbeddedWorker;
import io.jetsink.support.kafka.KafkaCluster;
import io.jetsink.support.nats.NatsServer;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Threads of 60 tasks in one worker that have stored a record each and wait for more. */
@Tag("faults")
class IdleThreadsIT {
    private static final int TASKS = 15;
    private static final List<String> MODES = List.of("async", "sync", "fast", "exactly-once");
    private static final int PER_TASK = 3;
    /** The timer, and what the pool needs for PINGs. */
    private static final int SHARED = 3;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static KafkaCluster kafka;
    private static NatsServer nats;
    private static EmbeddedWorker worker;

    @BeforeAll
    static void start() {
        kafka = KafkaCluster.start();
        nats = NatsServer.start();
        worker = EmbeddedWorker.start(kafka.bootstrap());
    }

    @AfterAll
    static void stop() {
        worker.close();
        nats.close();
        kafka.close();
    }

    @Test
    void areAtMostThreePerTaskAndNoneAfterDeletion() throws Exception {
        for (String mode : MODES) {
            run("idle-" + mode, mode);
        }
        for (String mode : MODES) {
            worker.rest().awaitRunning("idle-" + mode, TASKS);
            String name = "idle-" + mode;
            await(name).atMost(PATIENCE).until(() -> nats.stored(name) >= TASKS);
        }

        await().atMost(PATIENCE).untilAsserted(() -> {
            for (String mode : MODES) {
                for (int task = 0; task < TASKS; task++) {
                    String name = "idle-" + mode + '-' + task;
                    assertThat(threads(name + "-nats-", "jetsink-link-" + name))
                            .as(name)
                            .isNotEmpty()
                            .hasSizeLessThanOrEqualTo(PER_TASK);
                }
            }
            assertThat(threads("jetsink-", "idle-")).hasSizeLessThanOrEqualTo(MODES.size() * TASKS * PER_TASK + SHARED);
            // The client's own threads have other names.
            assertThat(inClient()).allMatch(name -> name.startsWith("idle-") || name.startsWith("jetsink-"));
        });

        for (String mode : MODES) {
            worker.rest().delete("idle-" + mode);
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(threads("jetsink-", "idle-")).isEmpty());
    }

    private static void run(String name, String mode) throws Exception {
        kafka.createTopic(name, TASKS);
        nats.ask(streams -> streams.addStream(StreamConfiguration.builder()
                .name(name)
                .subjects(name + ".>", "jetsink.offsets." + name + ".>")
                .allowAtomicPublish()
                .allowBatched()
                .allowRollup(true)
                .build()));
        Map<String, String> config = new HashMap<>(Map.of(
                "connector.class",
                Bridge.CONNECTOR_CLASS,
                "topics",
                name,
                "tasks.max",
                Integer.toString(TASKS),
                "nats.servers",
                nats.url(),
                "jetstream.stream",
                name,
                "subject",
                name + ".${partition}"));
        config.putAll(mode.equals("exactly-once") ? Map.of("delivery.guarantee", mode) : Map.of("publish.mode", mode));
        worker.rest().create(name, config);
        try (LoadProducer load =
                LoadProducer.to(kafka.bootstrap(), name).partitions(TASKS).build()) {
            load.produce(1);
        }
    }

    private static List<String> threads(String... prefixes) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> Stream.of(prefixes).anyMatch(name::startsWith))
                .sorted()
                .toList();
    }

    /** Returns the names of threads that run code of the client. */
    private static List<String> inClient() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("io.nats.")))
                .map(thread -> thread.getKey().getName())
                .toList();
    }
}
