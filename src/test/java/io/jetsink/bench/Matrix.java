package io.jetsink.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs that differ in several settings, interleaved. */
final class Matrix {
    /** The name of the setting that is compared. */
    static final String ARM = "arm";

    private final BenchRig rig;
    private final Results results;
    private final List<Cell> cells = new ArrayList<>();

    Matrix(BenchRig rig, Results results) {
        this.rig = rig;
        this.results = results;
    }

    private record Cell(Map<String, String> at, Run run) {}

    /** @param at pairs of a setting and its value */
    void add(Run run, String... at) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(ARM, run.arm.name());
        for (int i = 0; i < at.length; i += 2) {
            settings.put(at[i], at[i + 1]);
        }
        cells.add(new Cell(settings, run));
    }

    /** Every second round has the reverse order, so that no run always has the same one before it. */
    void measure(int warmUp, int rounds) throws Exception {
        for (int round = 1 - warmUp; round <= rounds; round++) {
            List<Cell> order = new ArrayList<>(cells);
            if (round % 2 == 0) {
                Collections.reverse(order);
            }
            for (Cell cell : order) {
                results.add(rig.measure(cell.run, round).at(cell.at));
            }
        }
    }

    /** Measures some of the arms at the first value of each setting, for the compiler of the worker's JVM. */
    void warmUp(int rounds) throws Exception {
        Map<String, Cell> firsts = new LinkedHashMap<>();
        cells.forEach(cell -> firsts.putIfAbsent(cell.run.arm.name(), cell));
        for (int round = 1 - rounds; round < 1; round++) {
            for (Cell cell : firsts.values()) {
                results.add(rig.measure(cell.run, round).at(cell.at));
            }
        }
    }

    /** Returns a table with a row for each combination. */
    static String table(Results results) {
        List<Map<String, String>> all = results.all();
        StringBuilder text =
                new StringBuilder("| ").append(String.join(" | ", all.get(0).keySet()));
        text.append(" | records/s, median | min - max | CPU us/record, worker |\n|");
        text.append("---|".repeat(all.get(0).size())).append("---:|---:|---:|\n");
        for (Map<String, String> at : all) {
            Spread rate = results.spread(at, Sample.RATE);
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s | %,.0f | %,.0f - %,.0f | %.1f |%n",
                    String.join(" | ", at.values()).replaceFirst(" \\|", "` |"),
                    rate.median(),
                    rate.min(),
                    rate.max(),
                    results.spread(at, Sample.WORKER_CPU).median()));
        }
        return text.toString();
    }
}
