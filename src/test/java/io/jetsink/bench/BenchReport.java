package io.jetsink.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What a whole run has shown. Arms are compared round by round, because the rounds of one arm differ more (other load on
 * the machine, the disk) than what ran next to each other.
 */
final class BenchReport {
    private final BenchSettings settings;
    private final Map<String, String> environment;
    private final List<Measurement> measurements = new ArrayList<>();
    private final long begin = System.nanoTime();

    BenchReport(BenchSettings settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    void add(Measurement measurement) {
        measurements.add(measurement);
    }

    String markdown() {
        StringBuilder text = new StringBuilder();
        text.append("| arm | records/s, median | min - max | CPU us/record, worker | all processes "
                + "| other cores busy | records a run |\n|---|---:|---:|---:|---:|---:|---:|\n");
        for (Arm arm : settings.arms()) {
            Spread speed = spread(arm, Measurement::perSecond);
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %,.0f | %,.0f - %,.0f | %.1f | %.1f | %.1f | %,d |%n",
                    arm.name(),
                    speed.median(),
                    speed.min(),
                    speed.max(),
                    spread(arm, Measurement::workerMicros).median(),
                    spread(arm, Measurement::allMicros).median(),
                    spread(arm, Measurement::otherCores).median(),
                    arm.records(settings.records())));
        }
        if (!comparisons().isEmpty()) {
            text.append("\n| arm | compared with | times as fast, median | min - max |\n|---|---|---:|---:|\n");
            for (Comparison one : comparisons()) {
                text.append(String.format(
                        Locale.ROOT,
                        "| `%s` | `%s` | %.2f | %.2f - %.2f |%n",
                        one.arm(),
                        one.with(),
                        one.times().median(),
                        one.times().min(),
                        one.times().max()));
            }
        }
        text.append('\n').append(conditions()).append('\n');
        return text.toString();
    }

    /** Writes the page with the tables, the plot, and a JSON file with every measurement. */
    boolean write(BenchOptions options, PrintStream out) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("environment", environment);
        all.put("config", settings.config());
        all.put("valueBytes", settings.valueBytes());
        all.put("replicas", settings.replicas());
        all.put("summary", settings.arms().stream().map(this::summary).toList());
        all.put("comparisons", comparisons());
        all.put("measurements", measurements);
        List<String> noise = noise();
        all.put("noise", noise);
        Files.createDirectories(options.folder());
        Plots.bars(
                options.folder().resolve(settings.fileName()),
                "Records per second, median",
                "records/s",
                settings.arms().stream().map(Arm::name).toList(),
                Map.of(
                        "records/s",
                        settings.arms().stream()
                                .map(arm -> spread(arm, Measurement::perSecond).median())
                                .toList()));
        return new Pages(options, settings.fileName(), out)
                .write(page(options, noise), all, List.of(settings.fileName()), noise);
    }

    private List<String> noise() {
        Map<String, Spread> spreads = new LinkedHashMap<>();
        settings.arms().forEach(arm -> spreads.put(arm.name(), spread(arm, Measurement::perSecond)));
        return Noise.reasons(
                measurements.stream()
                        .filter(one -> one.round() > 0)
                        .map(Measurement::otherCores)
                        .toList(),
                spreads);
    }

    private String page(BenchOptions options, List<String> noise) {
        StringBuilder page = new StringBuilder("# Benchmark: throughput\n\n");
        noise.forEach(
                reason -> page.append("**This run was noisy**: ").append(reason).append(".\n\n"));
        return page.append(
                        "One task publishes a full topic with one partition. [Benchmarks](README.md) describes the arms.\n\n")
                .append(markdown())
                .append("\n![throughput](")
                .append(settings.fileName())
                .append(".png)\n\n`")
                .append(options.command("throughput"))
                .append("` generated this page. ")
                .append(Results.lasted(begin))
                .append('\n')
                .toString();
    }

    private String conditions() {
        StringBuilder line = new StringBuilder();
        environment.forEach(
                (what, value) -> line.append(what).append(' ').append(value).append("; "));
        line.append("values of ").append(settings.valueBytes()).append(" B; ");
        line.append(settings.replicas() == 1 ? "one replica; " : "three replicas on three nats-servers; ");
        line.append(settings.rounds())
                .append(" rounds, interleaved, after ")
                .append(settings.warmUp())
                .append(" to warm up; ");
        line.append("for all arms: ");
        line.append(settings.config().isEmpty() ? "Connect's and Kafka's defaults" : "`" + settings.config() + "`");
        return line.append('.').toString();
    }

    private Map<String, Object> summary(Arm arm) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("arm", arm.name());
        summary.put("config", arm.config());
        summary.put("recordsPerSecond", spread(arm, Measurement::perSecond));
        summary.put("workerCpuMicrosPerRecord", spread(arm, Measurement::workerMicros));
        summary.put("allCpuMicrosPerRecord", spread(arm, Measurement::allMicros));
        return summary;
    }

    private Spread spread(Arm arm, ToDoubleFunction<Measurement> value) {
        return Spread.of(of(arm.name()).stream().mapToDouble(value));
    }

    private List<Comparison> comparisons() {
        List<Comparison> comparisons = new ArrayList<>();
        for (Arm arm : settings.arms()) {
            for (String other : arm.comparedWith()) {
                List<Measurement> base = of(other);
                if (!base.isEmpty()) {
                    Spread times = Spread.of(of(arm.name()).stream()
                            .mapToDouble(one ->
                                    one.perSecond() / base.get(one.round() - 1).perSecond()));
                    comparisons.add(new Comparison(arm.name(), other, times));
                }
            }
        }
        return comparisons;
    }

    /** The counted rounds, in order. */
    private List<Measurement> of(String arm) {
        return measurements.stream()
                .filter(one -> one.arm().equals(arm) && one.round() > 0)
                .toList();
    }

    /** One arm's speed divided by another's, round by round. */
    private record Comparison(String arm, String with, Spread times) {}
}
