package io.jetsink.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A run of {@code jetsink} in this JVM: its exit status and what it printed. */
public record ToolRun(int status, String out, String err) {
    public static final JsonMapper JSON = new JsonMapper();

    public static ToolRun of(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = JetsinkCommand.run(
                List.of(arguments), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
        return new ToolRun(status, out.toString(UTF_8), err.toString(UTF_8));
    }

    /** Writes the configuration of a connector, with its name beside it. */
    public static Path write(Path folder, String name, Map<String, String> config) {
        try {
            return Files.writeString(
                    folder.resolve(name + ".json"), JSON.writeValueAsString(Map.of("name", name, "config", config)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public JsonNode json() {
        try {
            return JSON.readTree(out);
        } catch (IOException e) {
            throw new UncheckedIOException("no JSON: " + this, e);
        }
    }
}
