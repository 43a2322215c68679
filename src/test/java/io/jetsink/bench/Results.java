package io.jetsink.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The measurements of one scenario, and the files that are made of them: a page with tables, plots, and a JSON file with
 * each measurement. The files are in {@code target/bench}, and with {@code -Dbench.write} in {@code src/docs/benchmarks}
 * unless the run was noisy.
 */
final class Results {
    private final BenchOptions options;
    private final String scenario;
    private final PrintStream out;
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> plots = new ArrayList<>();
    private final long begin = System.nanoTime();

    Results(BenchOptions options, String scenario, PrintStream out) {
        this.options = options;
        this.scenario = scenario;
        this.out = out;
    }

    void add(Sample sample) {
        samples.add(sample);
        StringBuilder line = new StringBuilder(sample.round() < 1 ? "warm-up" : "round " + sample.round());
        sample.at()
                .forEach((what, value) ->
                        line.append(", ").append(what).append(' ').append(value));
        line.append(':');
        sample.values().forEach((name, value) -> line.append(String.format(Locale.ROOT, " %s %,.1f;", name, value)));
        out.println(line.append(String.format(Locale.ROOT, " others %.2f cores", sample.otherCores())));
    }

    /** Returns the counted measurements, in the order of their rounds. */
    List<Sample> of(Predicate<Map<String, String>> which) {
        return samples.stream()
                .filter(sample -> sample.round() > 0 && which.test(sample.at()))
                .toList();
    }

    Spread spread(Map<String, String> at, String value) {
        return Spread.of(of(at::equals).stream().mapToDouble(sample -> sample.value(value)));
    }

    /** Returns all combinations that were measured, in the order of their first measurement. */
    List<Map<String, String>> all() {
        return samples.stream()
                .filter(sample -> sample.round() > 0)
                .map(Sample::at)
                .distinct()
                .toList();
    }

    /** Returns where a plot is written to, and shows the plot on the page. */
    Path plot(String name) throws IOException {
        plots.add(name);
        return Files.createDirectories(options.folder()).resolve(name);
    }

    /**
     * Writes the files.
     *
     * @param main name of the value whose spread shows whether a run was noisy, or an empty text
     * @return whether the results are where they were to be written to
     */
    boolean write(String description, String tables, Map<String, String> environment, String main) throws IOException {
        Map<String, Spread> spreads = new LinkedHashMap<>();
        if (!main.isEmpty()) {
            all().forEach(at -> spreads.put(String.join(", ", at.values()), spread(at, main)));
        }
        List<String> noise =
                Noise.reasons(of(any -> true).stream().map(Sample::otherCores).toList(), spreads);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", scenario);
        json.put("command", options.command(scenario));
        json.put("environment", environment);
        json.put("noise", noise);
        json.put("measurements", samples);
        return new Pages(options, scenario, out)
                .write(page(description, tables, environment, noise), json, plots, noise);
    }

    private String page(String description, String tables, Map<String, String> environment, List<String> noise) {
        StringBuilder text = new StringBuilder("# Benchmark: ").append(scenario).append("\n\n");
        noise.forEach(
                reason -> text.append("**This run was noisy**: ").append(reason).append(".\n\n"));
        text.append(description)
                .append(" [Benchmarks](README.md) describes the method.\n\n")
                .append(tables);
        for (String plot : plots) {
            text.append("\n![").append(scenario).append("](").append(plot).append(".png)\n");
        }
        text.append("\n`").append(options.command(scenario)).append("` generated this page. ");
        text.append(lasted(begin)).append("\n\n");
        text.append("| environment | |\n|---|---|\n");
        environment.forEach((what, value) ->
                text.append("| ").append(what).append(" | ").append(value).append(" |\n"));
        return text.toString();
    }

    static String lasted(long begin) {
        return String.format(Locale.ROOT, "The run lasted %.1f minutes.", (System.nanoTime() - begin) / 60e9);
    }

    static ObjectMapper mapper() {
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    }
}
