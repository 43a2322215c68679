package io.jetsink.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says; the Maven profile passes an option that was not given as an empty value.
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
        Path basedir,
        String version,
        List<Arm> arms,
        int warmUp,
        int rounds,
        int records,
        int valueBytes,
        int replicas,
        int batchMessages,
        Map<String, String> config,
        @Nullable Path before) {

    static BenchSettings fromSystemProperties() {
        int replicas = number("bench.replicas", 1, 1, 3);
        if (replicas == 2) {
            throw new IllegalArgumentException("-Dbench.replicas=2: it is 1, or 3 for a cluster of three servers");
        }
        List<Arm> arms = Arm.named(property("bench.arms", ""), replicas);
        Path before = zip("bench.before");
        return new BenchSettings(
                Path.of(property("jetsink.basedir", ".")),
                property("jetsink.version", "unknown"),
                before == null ? arms : Arm.withEarlier(arms),
                number("bench.warmup", 3, 0, 1_000),
                number("bench.rounds", 5, 1, 1_000),
                number("bench.records", 600_000, 1_000, 50_000_000),
                number("bench.value.bytes", 256, 32, 900_000),
                replicas,
                number("bench.batch.messages", 1_000, 10, 1_000_000),
                pairs(property("bench.config", "")),
                before);
    }

    private static @Nullable Path zip(String name) {
        String text = property(name, "");
        if (!text.isEmpty() && !Files.isRegularFile(Path.of(text))) {
            throw new IllegalArgumentException("-D" + name + "=" + text + " names no file: build the plugin zip of the"
                    + " earlier commit with mvn -q -DskipTests package");
        }
        return text.isEmpty() ? null : Path.of(text);
    }

    Path folder() {
        return basedir.resolve(Path.of("target", "bench"));
    }

    /** What the files of results begin with. */
    String fileName() {
        return replicas == 1 ? "bench" : "bench-r" + replicas;
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

    private static int number(String name, int otherwise, int least, int most) {
        String text = property(name, Integer.toString(otherwise));
        int number = text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : -1;
        if (number < least || number > most) {
            throw new IllegalArgumentException(
                    "-D" + name + "=" + text + " is not a whole number from " + least + " to " + most);
        }
        return number;
    }

    private static String property(String name, String otherwise) {
        String value = System.getProperty(name, "");
        return value.isBlank() ? otherwise : value.strip();
    }
}
