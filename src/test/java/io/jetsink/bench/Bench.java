package io.jetsink.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The whole way from a Kafka topic into a stream, measured. Prints tables and writes them to {@code target/bench}. Ends with
 * 0 if everything could be measured, and, with {@code -Dbench.write}, published.
 */
public final class Bench {
    /** Faults also hit the connections of the benchmark itself. Its requests fail with exceptions. */
    private static final Logger CLIENT = Logger.getLogger("io.nats.client");

    private Bench() {}

    public static void main(String[] args) throws Exception {
        // Before the first logger is made.
        System.setProperty("log4j2.configurationFile", "classpath:io/jetsink/bench/log4j2.xml");
        CLIENT.setLevel(Level.OFF);
        // Plots are drawn without a screen.
        System.setProperty("java.awt.headless", "true");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BenchOptions options = BenchOptions.fromSystemProperties();
        int exit;
        try {
            exit = run(options, out) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            exit = 1;
        }
        System.exit(exit);
    }

    private static boolean run(BenchOptions options, PrintStream out) throws Exception {
        String jmh = options.text("bench.jmh", "false");
        if (!jmh.equals("false")) {
            new MicroBench(options.basedir(), out, jmh.equals("true") ? "Benchmark" : jmh).run();
            return true;
        }
        Map<ScenarioKind, Scenario> scenarios = new LinkedHashMap<>();
        for (ScenarioKind kind : ScenarioKind.named(options.scenarios())) {
            // All of them before the first runs: an option that is wrong for the last one is reported now.
            scenarios.put(kind, kind.create(options, out));
        }
        boolean published = true;
        for (Map.Entry<ScenarioKind, Scenario> each : scenarios.entrySet()) {
            out.println();
            out.println("jetsink " + options.version() + ", benchmark "
                    + each.getKey().id());
            published &= each.getValue().run();
        }
        return published;
    }
}
