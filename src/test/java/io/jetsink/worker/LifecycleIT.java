package io.jetsink.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.nats.NatsOperator;
import io.jetsink.support.nats.NatsServer;
import io.jetsink.support.nats.NatsTarget;
import io.jetsink.support.process.JmxClient;
import io.jetsink.support.stream.StreamReport;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Operations over Connect's REST while a producer sends: records are stored once and in order. {@code DeliveryIT} changes
 * {@code tasks.max}, and {@code OffsetsIT} alters offsets of idle topics.
 */
class LifecycleIT {
    private static final int PARTITIONS = 4;
    private static final int TASKS = 2;
    private static final int RATE = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Map<String, String> EXACTLY_ONCE = Map.of("delivery.guarantee", "exactly-once");
    private static final Map<String, String> AT_LEAST_ONCE = Map.of();

    private final List<Lane> lanes = new ArrayList<>();
    private Bridge bridge;

    @BeforeEach
    void start() {
        bridge = Bridge.shared();
    }

    @AfterEach
    void closeLoads() {
        lanes.forEach(lane -> lane.load.close());
    }

    @Test
    void connectorsArePausedStoppedRestartedAndCreatedAgain() throws Exception {
        lane("life-fast", Map.of("publish.mode", "fast"));
        lane("life-once", EXACTLY_ONCE);
        operate();
    }

    @Tag("faults")
    @Test
    void inTheModesAsyncAndSyncAsWell() throws Exception {
        lane("life-async", Map.of("publish.mode", "async"));
        lane("life-sync", Map.of("publish.mode", "sync"));
        operate();
    }

    private void operate() throws Exception {
        each(lane -> bridge.rest().pause(lane.name));
        each(this::assertIdle);
        each(lane -> bridge.rest().resume(lane.name));
        awaitFlow();

        each(lane -> stop(lane.name));
        each(this::assertIdle);
        each(lane -> bridge.rest().resume(lane.name));
        awaitFlow();

        Map<String, Long> ends = endsOfTasks();
        each(lane -> bridge.rest().restart(lane.name));
        awaitEnds(ends, TASKS);
        awaitFlow();

        ends = endsOfTasks();
        each(lane -> bridge.rest().restartTask(lane.name, 0));
        awaitEnds(ends, 1);
        awaitFlow();

        each(lane -> bridge.rest().delete(lane.name));
        each(lane -> bridge.run(lane.name, TASKS, lane.config));
        awaitFlow();

        each(lane -> alter(lane.name, -50, 50));
        awaitFlow();
        for (Lane lane : lanes) {
            StreamReport report = end(lane);
            assertThat(report.duplicated()).as(report.toString()).isEqualTo(50);
            assertThat(report.partitions().get(0).duplicated()).isEqualTo(50);
            assertThat(report.lost()).as(report.toString()).isEqualTo(50);
            assertThat(report.partitions().get(1).lost()).isEqualTo(50);
            assertThat(report.outOfOrder()).as(report.toString()).isZero();
        }
    }

    private void stop(String name) {
        bridge.rest().stop(name);
        bridge.awaitLeft(name);
    }

    /** Stops the connector, sets back the offset of partition 0, sets forward that of partition 1, and resumes it. */
    private void alter(String name, long back, long forward) {
        stop(name);
        TopicPartition first = new TopicPartition(name, 0);
        TopicPartition second = new TopicPartition(name, 1);
        Map<TopicPartition, Long> offsets = bridge.committed(name);
        long skipped = offsets.get(second) + forward;
        Awaitility.await("the records that are left out")
                .atMost(PATIENCE)
                .until(() -> bridge.kafka().endOffsets(name).get(second) > skipped);
        bridge.rest().alterOffsets(name, Map.of(first, offsets.get(first) + back, second, skipped));
        bridge.rest().resume(name);
    }

    @Test
    void modesAndGuaranteesAreChanged() throws Exception {
        Lane modes = lane("life-modes", Map.of("publish.mode", "async"));
        Lane stopped = lane("life-guarantee", EXACTLY_ONCE);
        Lane running = lane("life-guarantee-live", EXACTLY_ONCE);
        try (JmxClient first = jmx(0);
                JmxClient second = jmx(1)) {
            List<JmxClient> workers = List.of(first, second);
            awaitMode(workers, modes, 2);
            change(modes, Map.of("publish.mode", "fast"), workers, 3);
            change(modes, Map.of("publish.mode", "sync"), workers, 1);
            change(modes, Map.of("publish.mode", "auto"), workers, 3);
            stop(stopped.name);
            change(stopped, AT_LEAST_ONCE, workers, 3);
            change(running, AT_LEAST_ONCE, workers, 3);
            stop(stopped.name);
            change(stopped, EXACTLY_ONCE, workers, 4);
            change(running, EXACTLY_ONCE, workers, 4);
        }
        for (Lane lane : lanes) {
            end(lane).assertClean();
        }
    }

    @Test
    void aConnectorIsRenamedWithItsOffsets() throws Exception {
        lane("life-name", AT_LEAST_ONCE, "jetsink.offsets.life-name-new.>");
        lane("life-name-once", EXACTLY_ONCE, "jetsink.offsets.life-name-once-new.>");
        Lane bare = lane("life-name-bare", EXACTLY_ONCE, "jetsink.offsets.life-name-bare-new.>");
        Map<String, Long> before = new HashMap<>();
        for (Lane lane : lanes) {
            stop(lane.name);
            Map<TopicPartition, Long> offsets = bridge.rest().offsets(lane.name);
            before.put(
                    lane.name,
                    offsets.values().stream().mapToLong(Long::longValue).sum());
            bridge.rest().delete(lane.name);
            Map<String, String> config = bridge.config(lane.name, TASKS);
            config.putAll(lane.config);
            bridge.rest().createStopped(lane.name + "-new", config);
            if (lane != bare) {
                bridge.rest().alterOffsets(lane.name + "-new", offsets);
            }
            bridge.rest().resume(lane.name + "-new");
        }
        for (Lane lane : lanes) {
            List<Long> produced = lane.load.stop();
            bridge.kafka().awaitDrained(bridge.rest(), lane.name + "-new", List.of(lane.name), PATIENCE);
            StreamReport report = bridge.report(lane.name, produced);
            // Without its offsets, the new connector begins at the beginning, and publishes all of it again.
            assertThat(report.duplicated()).as(report.toString()).isEqualTo(lane == bare ? before.get(lane.name) : 0L);
            assertThat(report.lost() + report.outOfOrder() + report.foreign())
                    .as(report.toString())
                    .isZero();
        }
    }

    @Tag("faults")
    @Test
    void passwordsAreChanged(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("nats.properties");
        Files.writeString(file, "password=first\n");
        try (NatsServer secured = NatsServer.builder().config(users("first")).start()) {
            bridge = bridge.on(secured);
            Map<String, String> config = new HashMap<>(EXACTLY_ONCE);
            config.put("nats.auth.username", "bridge");
            config.put("nats.auth.password", "${file:" + file + ":password}");
            Lane lane = lane("life-password", config);

            // The content of the file is read by a restart only.
            Files.writeString(file, "password=second\n");
            secured.reload(users("second"));
            awaitRefused(lane.name, 1);
            bridge.rest().restart(lane.name);
            bridge.awaitMore(lane.name, RATE / 4);

            secured.reload(users("third"));
            awaitRefused(lane.name, 2);
            config.put("nats.auth.password", "third");
            bridge.run(lane.name, TASKS, config);
            bridge.awaitMore(lane.name, RATE / 4);

            end(lane).assertClean();
            bridge.rest().delete(lane.name);
        }
    }

    /** The test itself connects without a password. */
    private static String users(String password) {
        return "no_auth_user: reader\nauthorization { users: [{ user: bridge, password: '" + password
                + "' }, { user: reader, password: 'any' }] }\n";
    }

    private void awaitRefused(String name, int times) {
        Awaitility.await("refusal " + times + " of the password")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(bridge.logged("[JS-3001] " + name + "-0: no working link"))
                        .hasSize(times));
    }

    @Tag("faults")
    @Test
    void aCredentialsFileIsReplacedBeforeItsUserExpires(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("nats.creds");
        NatsOperator operator = new NatsOperator();
        NatsOperator.User reader = operator.user();
        try (NatsServer server = NatsServer.builder().config(operator.config()).start()) {
            bridge = bridge.on(new NatsTarget() {
                @Override
                public String addresses() {
                    return server.addresses();
                }

                @Override
                public Connection connect() throws IOException, InterruptedException {
                    return server.connect(options -> options.authHandler(
                            Nats.staticCredentials(reader.credentials().getBytes(UTF_8))));
                }

                @Override
                public void close() {
                    server.close();
                }
            });
            Map<String, String> config = new HashMap<>(EXACTLY_ONCE);
            config.put("nats.auth.credentials.file", file.toString());
            Files.writeString(file, operator.user(Duration.ofSeconds(15)).credentials());
            Lane lane = lane("life-credentials", config);
            Files.writeString(file, operator.user().credentials());

            Awaitility.await("the user to expire")
                    .atMost(PATIENCE)
                    .until(() -> !bridge.logged("life-credentials-0: no working link")
                            .isEmpty());
            bridge.awaitMore(lane.name, RATE / 4);

            assertThat(bridge.rest().status(lane.name).running(TASKS)).isTrue();
            end(lane).assertClean();
            bridge.rest().delete(lane.name);
        }
    }

    /** Changes the configuration and resumes the connector, in case that it is stopped. */
    private void change(Lane lane, Map<String, String> more, List<JmxClient> workers, int mode) throws Exception {
        Map<String, String> config = bridge.config(lane.name, TASKS);
        config.putAll(more);
        bridge.rest().create(lane.name, config);
        bridge.rest().resume(lane.name);
        awaitMode(workers, lane, mode);
        bridge.awaitMore(lane.name, RATE / 4);
    }

    private JmxClient jmx(int worker) throws IOException {
        return JmxClient.attach(bridge.connect().worker(worker).pid());
    }

    private static void awaitMode(List<JmxClient> workers, Lane lane, long mode) {
        Awaitility.await("mode " + mode + " of " + lane.name)
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(modes(workers, lane.name)).isEqualTo(List.of(mode, mode)));
    }

    private static List<Object> modes(List<JmxClient> workers, String name) throws IOException {
        List<Object> modes = new ArrayList<>();
        for (JmxClient worker : workers) {
            worker.values("kafka.connect:type=plugins,connector=" + name + ",*").forEach((metric, value) -> {
                if (metric.endsWith(" nats-mode")) {
                    modes.add(value);
                }
            });
        }
        return modes;
    }

    /** @param more subjects of the stream */
    private Lane lane(String name, Map<String, String> config, String... more) throws Exception {
        List<String> subjects = new ArrayList<>(List.of(more));
        subjects.addAll(List.of(name + ".>", "jetsink.offsets." + name + ".>"));
        bridge.createTopicAndOnceStream(
                name, PARTITIONS, stream -> stream.allowBatched().subjects(subjects));
        Lane lane = new Lane(
                name,
                config,
                bridge.load(name, PARTITIONS).recordsPerSecond(RATE).build());
        lanes.add(lane);
        lane.load.start();
        bridge.run(name, TASKS, config);
        bridge.awaitMore(name, RATE / 4);
        return lane;
    }

    private void each(Step step) throws Exception {
        for (Lane lane : lanes) {
            step.on(lane);
        }
    }

    private void awaitFlow() throws Exception {
        each(lane -> bridge.rest().awaitRunning(lane.name, TASKS));
        each(lane -> bridge.awaitMore(lane.name, RATE / 4));
    }

    /** Checks that nothing is stored of what is produced from now on. */
    private void assertIdle(Lane lane) {
        long before = lane.load.acked();
        lane.load.awaitAcked(before + RATE / 4, PATIENCE);
        long markers = lane.config.equals(EXACTLY_ONCE) ? PARTITIONS : 0;
        assertThat(bridge.stored(lane.name)).isBetween(1L, before + markers);
    }

    /** Returns how many tasks of each connector have ended. */
    private Map<String, Long> endsOfTasks() {
        String logs = bridge.logs();
        return lanes.stream().collect(Collectors.toMap(Lane::name, lane -> ends(logs, lane.name)));
    }

    private static long ends(String logs, String name) {
        return logs.lines()
                .filter(line -> line.matches(".* " + name + "-\\d: stopped\\. .*"))
                .count();
    }

    private void awaitEnds(Map<String, Long> before, int more) {
        Awaitility.await("the end of " + more + " tasks of each connector")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(endsOfTasks())
                        .allSatisfy((name, ends) -> assertThat(ends).isGreaterThanOrEqualTo(before.get(name) + more)));
    }

    private StreamReport end(Lane lane) throws Exception {
        List<Long> produced = lane.load.stop();
        bridge.awaitDrained(lane.name);
        return bridge.report(lane.name, produced);
    }

    private interface Step {
        void on(Lane lane) throws Exception;
    }

    /** A topic, a connector and a stream of one name, and what is produced. */
    private record Lane(String name, Map<String, String> config, LoadProducer load) {}
}
