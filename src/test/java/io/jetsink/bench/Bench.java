package io.jetsink.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole way from a Kafka topic into a stream, measured. Prints tables and writes them to {@code target/bench}. Ends with
 * 0 if everything could be measured, and, with {@code -Dbench.write}, published.
 */
public final class Bench {
    private Bench() {}

    public static void main(String[] args) throws Exception {
        // Before the first logger is made.
        System.setProperty("log4j2.configurationFile", "classpath:io/jetsink/bench/log4j2.xml");
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
        List<Scenario> scenarios = new ArrayList<>();
        for (ScenarioKind kind : ScenarioKind.named(options.scenarios())) {
            // All of them before the first runs: an option that is wrong for the last one is reported now.
            scenarios.add(kind.create(options, out));
        }
        boolean published = true;
        for (Scenario scenario : scenarios) {
            out.println();
            out.println("jetsink " + options.version() + ", benchmark "
                    + scenario.getClass().getSimpleName());
            published &= scenario.run();
        }
        return published;
    }
}
