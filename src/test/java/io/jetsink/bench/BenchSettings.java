package io.jetsink.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the scenario {@code throughput}.
 *
 * @param arms in the order in which a round runs them; every other round backward
 * @param warmUp how many rounds come before the counted ones, for the worker's compiler
 * @param rounds how many are counted
 * @param records how many the topic holds
 * @param replicas of the streams: 1 on one server, 3 on a cluster of three
 * @param batchMessages what the servers take in an atomic batch
 * @param config connector keys for all arms alike
 * @param before the plugin zip of an earlier build, which each arm of the connector is compared with; null for none
 */
record BenchSettings(
        List<Arm> arms,
        int warmUp,
        int rounds,
        int records,
        int valueBytes,
        int replicas,
        int batchMessages,
        Map<String, String> config,
        @Nullable Path before) {

    static BenchSettings of(BenchOptions options) {
        int replicas = options.number("bench.replicas", 1, 1, 3);
        if (replicas == 2) {
            throw new IllegalArgumentException("-Dbench.replicas=2: it is 1, or 3 for a cluster of three servers");
        }
        List<Arm> arms = Arm.named(options.text("bench.arms", ""), replicas);
        Path before = zip(options.text("bench.before", ""));
        return new BenchSettings(
                before == null ? arms : Arm.withEarlier(arms),
                options.warmUp(3),
                options.rounds(5),
                options.records(600_000),
                options.number("bench.value.bytes", 256, 32, 900_000),
                replicas,
                options.number("bench.batch.messages", 1_000, 10, 1_000_000),
                pairs(options.text("bench.config", "")),
                before);
    }

    private static @Nullable Path zip(String text) {
        if (!text.isEmpty() && !Files.isRegularFile(Path.of(text))) {
            throw new IllegalArgumentException("-Dbench.before=" + text + " names no file: build the plugin zip of the"
                    + " earlier commit with mvn -q -DskipTests package");
        }
        return text.isEmpty() ? null : Path.of(text);
    }

    /** The name of the files of results. */
    String fileName() {
        return replicas == 1 ? "throughput" : "throughput-r" + replicas;
    }

    /** @param text {@code key=value} pairs, separated by commas */
    static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new TreeMap<>();
        if (!text.isEmpty()) {
            for (String pair : text.split(",", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException(
                            "-Dbench.config=" + text + " is not key=value[,key=value...]: \"" + pair + "\"");
                }
                pairs.put(pair.substring(0, equals).strip(), pair.substring(equals + 1));
            }
        }
        return pairs;
    }
}
