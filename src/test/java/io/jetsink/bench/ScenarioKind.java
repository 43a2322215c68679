package io.jetsink.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** All scenarios, in the order in which they run. */
enum ScenarioKind {
    THROUGHPUT("records per second of each mode, beside sinks without features", Throughput::new),
    DISTANCE("records per second at round trips of 0 to 400 ms", Distance::new),
    TRICKLE("age of unacked records under a steady trickle at 200 ms", Trickle::new),
    RECOVERY("time from a fault to the next stored record, for each fault and mode", Recovery::new),
    LATENCY("latency at 100, 1,000 and 10,000 records per second, beside a sink without features", Latency::new),
    LONG("rate and heap over ten million records", LongRun::new),
    IDLE("threads, heap and CPU time of 1 to 200 idle tasks", Idle::new),
    SIZES("records per second with values of 100 B to 100 KiB", Variants::sizes),
    PARTITIONS("records per second with 1 to 16 partitions and 1 to 4 tasks", Variants::partitions),
    REPLICAS("records per second with one and three replicas, and with a sync of each write", Variants::replicas),
    SUBJECTS("records per second with 1 to 1,000,000 distinct subjects", Variants::subjects),
    JSON("records per second of a Struct as JSON", Variants::json),
    HEADERS("records per second with headers and message ids", Variants::headers),
    METRICS("records per second with the fewest and with all metrics", Variants::metrics);

    private final String description;
    private final Factory factory;

    ScenarioKind(String description, Factory factory) {
        this.description = description;
        this.factory = factory;
    }

    Scenario create(BenchOptions options, PrintStream out) {
        return factory.create(options, out);
    }

    /** @param names an empty list for all scenarios */
    static List<ScenarioKind> named(List<String> names) {
        return names.isEmpty()
                ? List.of(values())
                : names.stream().map(ScenarioKind::named).toList();
    }

    private static ScenarioKind named(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.id().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("-Dbench=" + name + " names no scenario. There are:\n" + list()));
    }

    private static String list() {
        return Arrays.stream(values())
                .map(kind -> String.format(Locale.ROOT, "  %-12s%s", kind.id(), kind.description))
                .collect(Collectors.joining("\n"));
    }

    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    private interface Factory {
        Scenario create(BenchOptions options, PrintStream out);
    }
}
