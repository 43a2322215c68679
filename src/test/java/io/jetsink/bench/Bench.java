package io.jetsink.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The whole way from a Kafka topic into a stream, measured: the arms one after the other within each round, all in one
 * worker. Prints tables and leaves them under {@code target/bench}. Ends with 0 if everything could be measured.
 */
public final class Bench {
    private final BenchSettings settings;
    private final PrintStream out;

    private Bench(BenchSettings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        // Before the first logger is made.
        System.setProperty("log4j2.configurationFile", "classpath:io/jetsink/bench/log4j2.xml");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        BenchSettings settings;
        try {
            settings = BenchSettings.fromSystemProperties();
        } catch (IllegalArgumentException e) {
            out.println(e.getMessage());
            System.exit(1);
            return;
        }
        String jmh = System.getProperty("bench.jmh", "false");
        if (!jmh.equals("false")) {
            new MicroBench(settings.basedir(), out, jmh.equals("true") ? "Benchmark" : jmh).run();
        } else {
            new Bench(settings, out).run();
        }
        System.exit(0);
    }

    private void run() throws Exception {
        out.println("jetsink " + settings.version() + " benchmark: " + settings.rounds() + " rounds of "
                + settings.arms().stream().map(Arm::name).toList());
        try (BenchRig rig = BenchRig.start(settings)) {
            BenchReport report = new BenchReport(settings, Environment.of(settings, rig.natsVersion()));
            for (int round = 1 - settings.warmUp(); round <= settings.rounds(); round++) {
                for (Arm arm : order(round)) {
                    Measurement measured = rig.measure(arm, round);
                    report.add(measured);
                    tell(measured);
                }
            }
            finish(report);
        }
    }

    /** Every other round runs backward, so that no arm always has the same one before it. */
    private List<Arm> order(int round) {
        List<Arm> arms = new ArrayList<>(settings.arms());
        if (round % 2 == 0) {
            Collections.reverse(arms);
        }
        return arms;
    }

    private void finish(BenchReport report) throws IOException {
        Path folder = settings.folder();
        report.write(folder);
        out.println();
        out.print(report.markdown());
        out.println();
        out.println("Written to " + folder + ": " + settings.fileName() + ".md, " + settings.fileName() + ".json");
    }

    private void tell(Measurement one) {
        out.printf(
                Locale.ROOT,
                "%-8s %-16s %,9d records in %6.2f s: %,9.0f/s, CPU us/record: worker %.1f, all %.1f; others %.1f cores%n",
                one.round() < 1 ? "warm-up" : "round " + one.round(),
                one.arm(),
                one.records(),
                one.seconds(),
                one.perSecond(),
                one.workerMicros(),
                one.allMicros(),
                one.otherCores());
    }
}
