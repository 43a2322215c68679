package io.jetsink.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.example.jetsink.RegionSubjects;
import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.support.Bridge;
import io.jetsink.support.ExamplePlugin;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.PluginVersions;
import io.jetsink.support.kafka.ConnectCluster;
import io.jetsink.support.kafka.ConnectWorker;
import io.jetsink.support.kafka.RestException;
import io.jetsink.support.process.JmxClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two versions of the plugin in one worker: each connector selects its version, and changes it while it runs (KIP-891). */
class PluginVersionsIT {
    private static final String OLDER = "0.0.9";
    private static final String KEY = "connector.plugin.version";
    /** The release before this version. */
    private static final String RELEASED = "0.1.0";

    private static final String COMMIT = "777debe5337a8f5019dba260823ef5b75ae34628";
    private static final Path OPERATIONS =
            Path.of(System.getProperty("jetsink.basedir"), "src", "docs", "operations.md");
    private static final Map<String, String> FAST = Map.of("publish.mode", "fast");
    private static final Map<String, String> ONCE = Map.of("delivery.guarantee", "exactly-once");

    @TempDir
    static Path folder;

    private static ConnectCluster connect;
    private static Bridge bridge;

    @BeforeAll
    static void start() throws Exception {
        Bridge shared = Bridge.shared();
        connect = ConnectCluster.builder(shared.kafka().bootstrap())
                .group("versions")
                .packagedPlugin()
                .plugin(PluginVersions.renamed(folder, OLDER))
                .plugin(ExamplePlugin.pack(folder))
                .start();
        bridge = shared.on(connect);
    }

    @AfterAll
    static void stop() {
        connect.close();
    }

    @Test
    void bothAreListed() {
        List<String> versions = new ArrayList<>();
        for (JsonNode plugin : bridge.rest().get("/connector-plugins?connectorsOnly=true")) {
            if (plugin.path("class").asText().equals(Bridge.CONNECTOR_CLASS)) {
                versions.add(plugin.path("version").asText());
            }
        }
        assertThat(versions).containsExactlyInAnyOrder(PluginVersions.CURRENT, OLDER);
    }

    @Test
    void connectorsChangeTheirVersionUnderLoad() throws Exception {
        changeVersions(bridge, "versions", OLDER);

        assertThatThrownBy(() -> bridge.run("versions-none", 1, Map.of(KEY, "9.9.9")))
                .isInstanceOf(RestException.class)
                .hasMessageContaining("9.9.9");
    }

    @Test
    void classesOfUsersBelongToOneVersion() {
        Map<String, String> config = bridge.config("versions-own", 1);
        config.put("name", "versions-own");
        config.remove("subject");
        config.put("subject.mapper", RegionSubjects.class.getName());
        config.put("subject.mapper.region", "eu");
        assertThat(bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).errors())
                .isEmpty();

        config.put(KEY, OLDER);

        assertThat(bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).errors())
                .containsOnlyKeys("subject.mapper");
    }

    @Tag("matrix")
    @Test
    void connectorsChangeToTheReleasedVersionAndBack() throws Exception {
        Bridge shared = Bridge.shared();
        try (ConnectCluster workers = ConnectCluster.builder(shared.kafka().bootstrap())
                .group("upgrades")
                .workers(2)
                .packagedPlugin()
                .plugin(PluginVersions.built(COMMIT, RELEASED))
                .start()) {
            Bridge both = shared.on(workers);
            changeVersions(both, "upgrades", RELEASED);
            assertNewKeysAreDocumented(both);
        }
    }

    @Tag("matrix")
    @Test
    void workersAreUpgradedAndDowngradedOneByOne() throws Exception {
        Path released = PluginVersions.built(COMMIT, RELEASED);
        Bridge shared = Bridge.shared();
        try (ConnectCluster workers = ConnectCluster.builder(shared.kafka().bootstrap())
                .group("rolling")
                .workers(2)
                .plugin(released)
                .start()) {
            Bridge rolling = shared.on(workers);
            try (Lane fast = Lane.begin(rolling, "rolling-fast", FAST, RELEASED);
                    Lane once = Lane.begin(rolling, "rolling-once", ONCE, RELEASED)) {
                workers.replacePlugins(Path.of(System.getProperty("jetsink.zip")));
                restartOneByOne(workers, fast, once);
                fast.awaitVersion(PluginVersions.CURRENT);
                once.awaitVersion(PluginVersions.CURRENT);

                workers.replacePlugins(released);
                restartOneByOne(workers, fast, once);
                fast.awaitVersion(RELEASED);
                once.awaitVersion(RELEASED);

                fast.end();
                once.end();
            }
        }
    }

    private static void restartOneByOne(ConnectCluster workers, Lane... lanes) {
        for (ConnectWorker worker : workers.workers()) {
            worker.sigterm();
            worker.restart();
            for (Lane lane : lanes) {
                lane.awaitFlow();
            }
        }
    }

    private static void changeVersions(Bridge bridge, String prefix, String older) throws Exception {
        try (Lane fast = Lane.begin(bridge, prefix + "-fast", FAST, PluginVersions.CURRENT);
                Lane once = Lane.begin(bridge, prefix + "-once", ONCE, PluginVersions.CURRENT)) {
            fast.change(older, older);
            // The other connector keeps its version.
            assertThat(once.versions()).containsOnly(PluginVersions.CURRENT);
            once.change(older, older);
            fast.change(PluginVersions.CURRENT, PluginVersions.CURRENT);
            once.change("[" + PluginVersions.CURRENT + ",)", PluginVersions.CURRENT);
            fast.end();
            once.end();
        }
    }

    /** The released version ignores these keys. */
    private static void assertNewKeysAreDocumented(Bridge bridge) throws IOException {
        Matcher row =
                Pattern.compile("keys are new since " + RELEASED + ": (.*)").matcher(Files.readString(OPERATIONS));
        assertThat(row.find()).as(OPERATIONS + " names the new keys").isTrue();
        List<String> documented = Pattern.compile("`([^`]+)`")
                .matcher(row.group(1))
                .results()
                .map(key -> key.group(1))
                .toList();
        Map<String, String> config = bridge.config("upgrades-keys", 1);
        config.put("name", "upgrades-keys");
        Set<String> added = keys(bridge, config);
        documented.forEach(key -> config.put(key, "false"));
        config.put(KEY, RELEASED);
        assertThat(bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).errors())
                .isEmpty();
        added.removeAll(keys(bridge, config));
        assertThat(documented).containsExactlyInAnyOrderElementsOf(added);
    }

    private static Set<String> keys(Bridge bridge, Map<String, String> config) {
        Set<String> keys = new TreeSet<>();
        for (JsonNode entry :
                bridge.rest().validate(Bridge.CONNECTOR_CLASS, config).raw().path("configs")) {
            keys.add(entry.at("/definition/name").asText());
        }
        return keys;
    }

    /** A topic, a connector and a stream of one name, under load. */
    private record Lane(Bridge bridge, String name, Map<String, String> config, LoadProducer load)
            implements AutoCloseable {
        static Lane begin(Bridge bridge, String name, Map<String, String> config, String version) throws Exception {
            bridge.createTopicAndOnceStream(name, 4, stream -> stream.allowBatched());
            LoadProducer load = bridge.load(name, 4).recordsPerSecond(2_000).build();
            Lane lane = new Lane(bridge, name, config, load);
            load.start();
            bridge.run(name, 2, config);
            lane.awaitVersion(version);
            lane.awaitFlow();
            return lane;
        }

        /** @param wanted version or range of versions */
        void change(String wanted, String version) throws Exception {
            Map<String, String> changed = new HashMap<>(config);
            changed.put(KEY, wanted);
            bridge.run(name, 2, changed);
            awaitVersion(version);
            awaitFlow();
        }

        void awaitVersion(String version) {
            Awaitility.await("version " + version + " of " + name)
                    .atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(versions()).hasSize(8).containsOnly(version));
        }

        void awaitFlow() {
            bridge.rest().awaitRunning(name, 2);
            bridge.awaitMore(name, 1_000);
        }

        /** Returns the versions of the connector and its tasks, as REST and JMX show them. */
        List<String> versions() throws IOException {
            JsonNode status = bridge.rest().get("/connectors/" + name + "/status");
            List<String> versions = new ArrayList<>(status.findValuesAsText("version"));
            for (ConnectWorker each : bridge.connect().workers()) {
                try (JmxClient worker = JmxClient.attach(each.pid())) {
                    Map<String, Object> values =
                            new HashMap<>(worker.values("kafka.connect:type=connector-metrics,connector=" + name));
                    values.putAll(
                            worker.values("kafka.connect:type=connector-task-metrics,connector=" + name + ",task=*"));
                    values.forEach((metric, value) -> {
                        if (metric.endsWith(" connector-version") || metric.endsWith(" task-version")) {
                            versions.add(value.toString());
                        }
                    });
                }
            }
            return versions;
        }

        void end() throws Exception {
            List<Long> produced = load.stop();
            bridge.awaitDrained(name);
            bridge.report(name, produced).assertClean();
            bridge.rest().delete(name);
        }

        @Override
        public void close() {
            load.close();
        }
    }
}
