package io.jetsink.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run of the laboratory has found, as a table and as JSON, in {@code target/faults}. */
final class FaultReport {
    private FaultReport() {}

    static void write(List<Outcome> outcomes) throws Exception {
        Path folder = Files.createDirectories(Path.of(System.getProperty("jetsink.basedir", "."), "target", "faults"));
        Files.writeString(folder.resolve("faults.md"), table(outcomes));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("date", LocalDate.now(ZoneOffset.UTC).toString());
        all.put("outcomes", outcomes);
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("faults.json").toFile(), all);
    }

    static String table(List<Outcome> outcomes) {
        StringBuilder text = new StringBuilder();
        for (Outcome outcome : outcomes) {
            text.append("| ").append(outcome).append('\n');
        }
        return text.toString();
    }
}
