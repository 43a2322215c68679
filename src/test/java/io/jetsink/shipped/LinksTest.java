package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Follows the links between documents: each file exists, and has a heading for the anchor. */
class LinksTest {
    private static final List<String> ROOTS = List.of(
            "README.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "CHANGELOG.md",
            "connector/README.md",
            "docker/kubernetes/README.md",
            "config/REFERENCE.md",
            "src/docs");

    @Test
    void everyLinkHasATarget() throws IOException {
        MarkdownLinks documents = documents();

        assertThat(documents.contents()).containsKey(Path.of("src/docs/troubleshooting.md"));
        assertThat(documents.broken()).isEmpty();
    }

    @Test
    void aBrokenLinkIsReported() throws IOException {
        Path file = Path.of("src/docs/guarantees.md");

        assertThat(documents()
                        .broken(
                                file,
                                "[1](operations.md#log-lines) [2](operations.md#no-such) [3](../../README.md) [4](none.md)"
                                        + " [5](#here) [6](https://nats.io/none) `[7](none.md)`\n\n# There\n"))
                .containsExactly(file + ": operations.md#no-such", file + ": none.md", file + ": #here");
    }

    private static MarkdownLinks documents() throws IOException {
        return MarkdownLinks.read(ROOTS.stream().map(Path::of).toList());
    }
}
