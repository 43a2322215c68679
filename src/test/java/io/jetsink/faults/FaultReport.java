package io.jetsink.faults;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.jetsink.support.nats.NatsBinary;
import io.nats.client.Nats;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.internals.AppInfoParser;

/**
 * Writes the results of the laboratory to {@code target/faults}: a page with a table, and JSON. Results of earlier runs stay
 * for lines that this run does not include.
 */
final class FaultReport {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Identifies a line of the table, which has the outcomes of all seeds. */
    private record Key(int row, String scenario, Guarantee guarantee) {
        static Key of(Outcome outcome) {
            return new Key(outcome.row(), outcome.scenario(), outcome.guarantee());
        }
    }

    private FaultReport() {}

    static void write(List<Outcome> played) throws IOException {
        Path folder = Files.createDirectories(Path.of(System.getProperty("jetsink.basedir", "."), "target", "faults"));
        Path json = folder.resolve("faults.json");
        Map<Key, List<Outcome>> lines = new LinkedHashMap<>();
        if (Files.exists(json)) {
            Map<String, List<Outcome>> before = JSON.readValue(json.toFile(), new TypeReference<>() {});
            lines.putAll(byLine(before.getOrDefault("outcomes", List.of())));
        }
        lines.putAll(byLine(played));
        List<List<Outcome>> sorted = new ArrayList<>(lines.values());
        sorted.sort(Comparator.<List<Outcome>>comparingInt(line -> line.get(0).row())
                .thenComparing(line -> line.get(0).scenario())
                .thenComparing(line -> line.get(0).guarantee()));
        JSON.writeValue(
                json.toFile(),
                Map.of("outcomes", sorted.stream().flatMap(List::stream).toList()));
        Files.writeString(folder.resolve("faults.md"), head() + versions() + table(sorted));
    }

    private static Map<Key, List<Outcome>> byLine(List<Outcome> outcomes) {
        return outcomes.stream().collect(Collectors.groupingBy(Key::of, LinkedHashMap::new, Collectors.toList()));
    }

    private static String head() throws IOException {
        try (InputStream head = Objects.requireNonNull(FaultReport.class.getResourceAsStream("head.md"), "head.md")) {
            return new String(head.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String versions() {
        return "Connector " + System.getProperty("jetsink.version", "") + ", nats-server "
                + NatsBinary.DEFAULT.version() + ", Kafka and Connect " + AppInfoParser.getVersion() + ", jnats "
                + Nats.CLIENT_VERSION + ", Java " + System.getProperty("java.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors.\n\n";
    }

    private static String table(List<List<Outcome>> lines) {
        StringBuilder text = new StringBuilder(
                "| row | fault | guarantee | records | lost | duplicates | out of order | longest stall, s |"
                        + " recovery, s | task | date, seeds |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (List<Outcome> line : lines) {
            Outcome first = line.get(0);
            text.append("| ")
                    .append(String.join(
                            " | ",
                            Integer.toString(first.row()),
                            first.scenario(),
                            first.guarantee().title(),
                            sum(line, Outcome::records),
                            sum(line, Outcome::lost),
                            sum(line, Outcome::duplicated),
                            sum(line, Outcome::outOfOrder),
                            seconds(line, Outcome::stallMillis),
                            seconds(line, Outcome::recoveryMillis),
                            task(line),
                            first.date() + ": "
                                    + line.stream()
                                            .map(outcome -> Long.toString(outcome.seed()))
                                            .collect(Collectors.joining(", "))))
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String task(List<Outcome> line) {
        if (line.stream().anyMatch(outcome -> !outcome.good())) {
            return "**FAILED**";
        }
        return line.get(0).failure().isEmpty() ? "runs" : "fails as expected";
    }

    private static String sum(List<Outcome> line, ToLongFunction<Outcome> field) {
        return Long.toString(line.stream().mapToLong(field).sum());
    }

    private static String seconds(List<Outcome> line, ToLongFunction<Outcome> millis) {
        return String.format(
                java.util.Locale.ROOT,
                "%.1f",
                line.stream().mapToLong(millis).max().orElse(0) / 1e3);
    }
}
