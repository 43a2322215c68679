package io.jetsink.bench;

import io.jetsink.bench.bare.BareAtomicSink;
import io.jetsink.bench.bare.BareBatchSink;
import io.jetsink.bench.bare.BareFastSink;
import io.jetsink.bench.bare.BareNothingSink;
import io.jetsink.bench.bare.BarePipelinedSink;
import io.nats.client.api.StreamConfiguration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One way of doing the job, to be compared with others.
 *
 * @param name for the command line and the tables
 * @param share the part of the records that it moves in one run: slow arms take less, so that all take about as long
 * @param comparedWith the arms that its speed is divided by, where they run too
 * @param stream what the stream needs beyond the defaults
 * @param messagesBeside how many messages the stream holds in the end beside the records, for each partition
 * @param config connector keys; {@code connector.class} too, if another sink is to be measured
 * @param earlier whether the plugin of {@code -Dbench.before} is measured instead of this build's
 */
record Arm(
        String name,
        double share,
        List<String> comparedWith,
        UnaryOperator<StreamConfiguration.Builder> stream,
        int messagesBeside,
        Map<String, String> config,
        boolean earlier) {
    private static final String CLASS = "connector.class";
    private static final String NOTHING = "do-nothing";

    /** All there are. To add one, add an entry. */
    private static final List<Arm> ALL = List.of(
            new Arm(
                    "fast",
                    1,
                    List.of("async", "bare-fast", NOTHING),
                    StreamConfiguration.Builder::allowBatched,
                    0,
                    Map.of("publish.mode", "fast"),
                    false),
            new Arm(
                    "bare-fast",
                    1,
                    List.of(),
                    StreamConfiguration.Builder::allowBatched,
                    0,
                    Map.of(CLASS, BareFastSink.class.getName()),
                    false),
            new Arm(
                    "exactly-once",
                    1,
                    List.of("bare-batch", "bare-atomic", "async"),
                    stream -> stream.allowAtomicPublish().allowRollup(true),
                    1,
                    Map.of("delivery.guarantee", "exactly-once"),
                    false),
            new Arm(
                    "bare-batch",
                    1,
                    List.of(),
                    UnaryOperator.identity(),
                    0,
                    Map.of(CLASS, BareBatchSink.class.getName()),
                    false),
            new Arm(
                    "bare-atomic",
                    1,
                    List.of(),
                    StreamConfiguration.Builder::allowAtomicPublish,
                    0,
                    Map.of(CLASS, BareAtomicSink.class.getName()),
                    false),
            new Arm(
                    "async",
                    1,
                    List.of("sync", "bare-pipelined"),
                    UnaryOperator.identity(),
                    0,
                    Map.of("publish.mode", "async"),
                    false),
            new Arm(
                    "bare-pipelined",
                    1,
                    List.of(),
                    UnaryOperator.identity(),
                    0,
                    Map.of(CLASS, BarePipelinedSink.class.getName()),
                    false),
            new Arm(
                    NOTHING,
                    1,
                    List.of(),
                    UnaryOperator.identity(),
                    0,
                    Map.of(CLASS, BareNothingSink.class.getName()),
                    false),
            new Arm("sync", 0.1, List.of(), UnaryOperator.identity(), 0, Map.of("publish.mode", "sync"), false));

    /** What a cluster is asked about when nothing else is said. */
    private static final String REPLICATED = "exactly-once,async,fast";

    /**
     * @param names separated by commas; if empty, those that say something about a stream with so many replicas
     */
    static List<Arm> named(String names, int replicas) {
        if (names.isEmpty()) {
            return replicas == 1 ? ALL : named(REPLICATED, replicas);
        }
        return Arrays.stream(names.split(",", -1))
                .map(name -> named(name.strip(), names))
                .toList();
    }

    /** Each arm of the connector twice: by this build, and by an earlier one that it is compared with. */
    static List<Arm> withEarlier(List<Arm> arms) {
        return arms.stream()
                .flatMap(arm -> arm.config.containsKey(CLASS)
                        ? Stream.of(arm)
                        : Stream.of(arm.comparedWithEarlier(), arm.ofEarlier()))
                .toList();
    }

    private Arm comparedWithEarlier() {
        List<String> others =
                Stream.concat(comparedWith.stream(), Stream.of(earlierName())).toList();
        return new Arm(name, share, others, stream, messagesBeside, config, false);
    }

    private Arm ofEarlier() {
        return new Arm(earlierName(), share, List.of(), stream, messagesBeside, config, true);
    }

    private String earlierName() {
        return name + "-before";
    }

    /** Whether only the first and the last record are stored. */
    boolean storesOnlyEnds() {
        return name.equals(NOTHING);
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
