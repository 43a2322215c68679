package io.jetsink.tool;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connector that runs under load is compared with its stream, without a wrong alarm. */
class VerifyRunningIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void aRunningConnectorHasNoDifference(String guarantee) throws Exception {
        Bridge bridge = Bridge.shared();
        String name = "running-" + guarantee;
        bridge.createTopicAndOnceStream(name, 2);
        bridge.run(name, 2, Map.of("delivery.guarantee", guarantee));
        String file =
                ToolRun.write(folder, name, config(bridge, name, guarantee)).toString();
        String[] words = {"verify", file, "--bootstrap-server", bridge.kafka().bootstrap(), "--format", "json"};
        try (LoadProducer load = bridge.load(name, 2).recordsPerSecond(3_000).build()) {
            load.start();
            long before = 0;
            for (int i = 1; i <= 3; i++) {
                load.awaitAcked(load.acked() + 1_000, PATIENCE);
                bridge.awaitMore(name, 500);

                ToolRun run = ToolRun.of(words);

                assertClean(run);
                assertThat(run.json().path("records").asLong()).isGreaterThanOrEqualTo(before);
                before = run.json().path("records").asLong();
            }
            long produced = load.stop().stream().mapToLong(Long::longValue).sum();
            bridge.awaitDrained(name);

            List<String> toEnd = new ArrayList<>(List.of(words));
            toEnd.add("--to-end");
            ToolRun end = ToolRun.of(toEnd.toArray(String[]::new));
            assertClean(end);
            assertThat(end.json().path("stored").asLong()).isEqualTo(produced);
        } finally {
            bridge.rest().delete(name);
        }
    }

    private static Map<String, String> config(Bridge bridge, String name, String guarantee) {
        Map<String, String> config = new HashMap<>(bridge.config(name, 2));
        config.put("delivery.guarantee", guarantee);
        return config;
    }

    private static void assertClean(ToolRun run) {
        assertThat(run.status()).as(run.toString()).isZero();
        for (String difference : List.of("missing", "duplicates", "outOfOrder", "foreign")) {
            assertThat(run.json().path(difference).asInt(-1)).as(run.toString()).isZero();
        }
    }
}
