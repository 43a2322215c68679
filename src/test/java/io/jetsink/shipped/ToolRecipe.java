package io.jetsink.shipped;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jetsink.support.Bridge;
import io.jetsink.support.process.ProcessFiles;
import io.jetsink.tool.ToolRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;

/** What {@code jetsink} says of a recipe that has run: it explains what was stored, and finds no difference. */
final class ToolRecipe {
    private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

    private final Path worker;
    private final Path folder;

    /** @param folder for the files that the command reads */
    ToolRecipe(Bridge bridge, Path folder) {
        this.folder = folder;
        this.worker = ProcessFiles.writeProperties(
                folder.resolve("tool.properties"),
                Map.of(
                        "bootstrap.servers",
                        bridge.kafka().bootstrap(),
                        "key.converter",
                        BYTES,
                        "value.converter",
                        BYTES,
                        "header.converter",
                        BYTES,
                        "config.providers",
                        "file,dir",
                        "config.providers.file.class",
                        "org.apache.kafka.common.config.provider.FileConfigProvider",
                        "config.providers.dir.class",
                        "org.apache.kafka.common.config.provider.DirectoryConfigProvider"));
    }

    /**
     * Compares what is explained with what is stored.
     *
     * @param perSubject how many messages of a subject the stream keeps, or 0 for all
     * @param stored messages as lines
     */
    void check(String name, Map<String, String> config, long perSubject, List<String> stored) {
        String file = ToolRun.write(folder, name, config).toString();
        ToolRun explain = run("explain", file, "--records", "1000");
        assertThat(explain.status()).as(explain.toString()).isZero();
        List<Explained> explained = kept(explain, perSubject);

        assertThat(explained).extracting(Explained::line).hasSameSizeAs(stored);
        List<String> left = new ArrayList<>(stored);
        for (Explained each : explained) {
            assertThat(left).as(each.line).anyMatch(each::is);
            left.remove(left.stream().filter(each::is).findFirst().orElseThrow());
        }

        ToolRun check = run("check", file);
        assertThat(check.status()).as(check.toString()).isZero();
        ToolRun verify = run("verify", file);
        assertThat(verify.status()).as(verify.toString()).isZero();
        for (String difference : List.of("missing", "duplicates", "outOfOrder", "foreign")) {
            assertThat(verify.json().path(difference).asInt(-1))
                    .as(verify.toString())
                    .isZero();
        }
        assertThat(verify.json().path("stored").asInt()).isPositive();
    }

    private ToolRun run(String command, String file, String... more) {
        List<String> words = new ArrayList<>(List.of(command, file, "--worker", worker.toString(), "--format", "json"));
        words.addAll(List.of(more));
        return ToolRun.of(words.toArray(String[]::new));
    }

    /** A message as a line, which is cut if its payload is. */
    private record Explained(String subject, String line, boolean truncated) {
        boolean is(String stored) {
            return truncated ? stored.startsWith(line) : stored.equals(line);
        }
    }

    private static List<Explained> kept(ToolRun explain, long perSubject) {
        List<Explained> all = new LinkedList<>();
        for (JsonNode record : explain.json().path("records")) {
            if (!record.path("outcome").asText().equals("published")) {
                continue;
            }
            assertThat(record.path("encoding").asText()).isEqualTo("text");
            Map<String, List<String>> headers = new HashMap<>();
            record.path("headers").properties().forEach(header -> {
                List<String> values = headers.computeIfAbsent(header.getKey(), name -> new ArrayList<>());
                header.getValue().forEach(value -> values.add(value.asText()));
            });
            String subject = record.path("subject").asText();
            String line = RecipeCase.line(
                    subject, headers, record.path("payload").asText().getBytes(UTF_8));
            all.add(new Explained(subject, line, record.path("truncated").asBoolean()));
        }
        Map<String, Long> later = new HashMap<>();
        for (int i = all.size() - 1; i >= 0 && perSubject > 0; i--) {
            if (later.merge(all.get(i).subject, 1L, Long::sum) > perSubject) {
                all.remove(i);
            }
        }
        return all;
    }
}
