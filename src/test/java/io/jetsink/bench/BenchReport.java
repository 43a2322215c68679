package io.jetsink.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    BenchReport(BenchSettings settings, Map<String, String> environment) {
        this.settings = settings;
        this.environment = environment;
    }

    void add(Measurement measurement) {
        measurements.add(measurement);
    }

    String markdown() {
        String baseline = baseline();
        StringBuilder text = new StringBuilder();
        text.append(
                        "| arm | records/s, median | min - max | CPU us/record, worker | all three | other cores busy | records a run | x ")
                .append(baseline);
        text.append(", median | min - max |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
        for (Arm arm : settings.arms()) {
            Spread speed = spread(arm, Measurement::perSecond);
            Spread ratio = ratio(arm);
            text.append(String.format(
                    Locale.ROOT,
                    "| `%s` | %,.0f | %,.0f - %,.0f | %.1f | %.1f | %.1f | %,d | %.1f | %.1f - %.1f |%n",
                    arm.name(),
                    speed.median(),
                    speed.min(),
                    speed.max(),
                    spread(arm, Measurement::workerMicros).median(),
                    spread(arm, Measurement::allMicros).median(),
                    spread(arm, Measurement::otherCores).median(),
                    arm.records(settings.records()),
                    ratio.median(),
                    ratio.min(),
                    ratio.max()));
        }
        text.append('\n').append(conditions()).append('\n');
        return text.toString();
    }

    /** Writes {@code bench.json} with every measurement, and {@code bench.md}. */
    void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("environment", environment);
        all.put("config", settings.config());
        all.put("valueBytes", settings.valueBytes());
        all.put("baseline", baseline());
        all.put("summary", settings.arms().stream().map(this::summary).toList());
        all.put("measurements", measurements);
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("bench.json").toFile(), all);
        Files.writeString(folder.resolve("bench.md"), markdown());
    }

    private String conditions() {
        StringBuilder line = new StringBuilder();
        environment.forEach(
                (what, value) -> line.append(what).append(' ').append(value).append("; "));
        line.append("values of ").append(settings.valueBytes()).append(" B; ");
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
        summary.put("ratio", ratio(arm));
        return summary;
    }

    private Spread spread(Arm arm, ToDoubleFunction<Measurement> value) {
        return Spread.of(of(arm.name()).stream().mapToDouble(value));
    }

    private Spread ratio(Arm arm) {
        List<Measurement> base = of(baseline());
        return Spread.of(of(arm.name()).stream()
                .mapToDouble(one -> one.perSecond() / base.get(one.round() - 1).perSecond()));
    }

    /** The counted rounds, in order. */
    private List<Measurement> of(String arm) {
        return measurements.stream()
                .filter(one -> one.arm().equals(arm) && one.round() > 0)
                .toList();
    }

    private String baseline() {
        return settings.arms().get(settings.arms().size() - 1).name();
    }
}
