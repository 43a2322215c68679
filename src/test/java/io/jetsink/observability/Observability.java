package io.jetsink.observability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of shipped rules and dashboards. */
final class Observability {
    static final Path BASE = Path.of(System.getProperty("jetsink.basedir"));
    static final Path FOLDER = BASE.resolve("docker/observability");
    static final Path DOCS = BASE.resolve("src/docs");

    private Observability() {}

    /** Requires that a generated file is up to date; writes the file first with {@code -Dreference.write}. */
    static void assertUpToDate(Path file, String generated, Class<?> test) throws IOException {
        if (System.getProperty("reference.write") != null) {
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, generated);
        }
        assertThat(file)
                .as("write it with: mvn -q test -Dtest=%s -Dreference.write", test.getSimpleName())
                .hasContent(generated);
    }
}
