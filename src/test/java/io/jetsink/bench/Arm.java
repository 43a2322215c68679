package io.jetsink.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One way of doing the job, to be compared with others.
 *
 * @param name for the command line and the tables
 * @param share the part of the records that it moves in one run: slow arms take less, so that all take about as long
 * @param config connector keys; {@code connector.class} too, if another sink is to be measured
 */
record Arm(String name, double share, Map<String, String> config) {
    /** All there are. To add one, add a line. */
    private static final List<Arm> ALL = List.of(
            new Arm("async", 1, Map.of("publish.mode", "async")), new Arm("sync", 0.1, Map.of("publish.mode", "sync")));

    /** @param names separated by commas; all arms if empty */
    static List<Arm> named(String names) {
        return names.isEmpty()
                ? ALL
                : Arrays.stream(names.split(",", -1))
                        .map(name -> named(name.strip(), names))
                        .toList();
    }

    int records(int most) {
        return Math.max(2, (int) (most * share));
    }

    private static Arm named(String name, String names) {
        return ALL.stream()
                .filter(arm -> arm.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("-Dbench.arms=" + names + " names no arm \"" + name
                        + "\"; there are " + ALL.stream().map(Arm::name).collect(Collectors.joining(", "))));
    }
}
