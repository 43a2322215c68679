package io.jetsink.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagesTest {
    private static final List<String> QUIET = List.of();
    private static final List<String> NOISY = List.of("other processes used 1.00 cores");

    @TempDir
    private Path basedir;

    private Path docs;
    private Path target;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @BeforeEach
    void publishedResults() throws IOException {
        docs = Files.createDirectories(basedir.resolve(Path.of("src", "docs", "benchmarks")));
        target = Files.createDirectories(basedir.resolve(Path.of("target", "bench")));
        Files.writeString(docs.resolve("idle.md"), "old");
        Files.writeString(target.resolve("idle.png"), "picture");
    }

    @Test
    void aQuietRunReplacesTheResults() throws IOException {
        assertThat(write("true", QUIET)).isTrue();

        assertThat(docs.resolve("idle.md")).hasContent("new");
        assertThat(docs.resolve("idle.json")).hasContent("{\n  \"value\" : 1\n}");
        assertThat(docs.resolve("idle.png")).hasContent("picture");
    }

    @Test
    void aNoisyRunReplacesNothing() throws IOException {
        assertThat(write("true", NOISY)).isFalse();

        assertThat(docs.resolve("idle.md")).hasContent("old");
        assertThat(docs.resolve("idle.json")).doesNotExist();
        assertThat(target.resolve("idle.md")).hasContent("new");
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("This run was noisy: other processes used 1.00 cores", "Not written to " + docs);
    }

    @Test
    void aRunReplacesNothingUnlessItIsRequested() throws IOException {
        assertThat(write("false", QUIET)).isTrue();

        assertThat(docs.resolve("idle.md")).hasContent("old");
        assertThat(target.resolve("idle.md")).hasContent("new");
    }

    private boolean write(String requested, List<String> noise) throws IOException {
        Map<String, String> given = Map.of("jetsink.basedir", basedir.toString(), "bench.write", requested);
        BenchOptions options = new BenchOptions(name -> given.getOrDefault(name, ""));
        return new Pages(options, "idle", new PrintStream(printed, true, StandardCharsets.UTF_8))
                .write("new", Map.of("value", 1), List.of("idle"), noise);
    }
}
