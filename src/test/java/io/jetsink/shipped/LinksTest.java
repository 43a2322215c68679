package io.jetsink.shipped;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```|`+[^`\n]*`+");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

    @Test
    void everyLinkHasATarget() throws IOException {
        Map<Path, String> documents = documents();
        assertThat(documents).containsKey(Path.of("src/docs/troubleshooting.md"));

        List<String> broken = new ArrayList<>();
        documents.forEach((file, content) -> broken.addAll(broken(file, content, documents)));
        assertThat(broken).isEmpty();
    }

    @Test
    void aBrokenLinkIsReported() throws IOException {
        Path file = Path.of("src/docs/guarantees.md");

        assertThat(broken(
                        file,
                        "[1](operations.md#log-lines) [2](operations.md#no-such) [3](../../README.md) [4](none.md)"
                                + " [5](#here) [6](https://nats.io/none) `[7](none.md)`\n\n# There\n",
                        documents()))
                .containsExactly(file + ": operations.md#no-such", file + ": none.md", file + ": #here");
    }

    private static List<String> broken(Path file, String content, Map<Path, String> documents) {
        return LINK.matcher(CODE.matcher(content).replaceAll(""))
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.contains("://") && !link.startsWith("mailto:"))
                .filter(link -> !exists(file, content, link, documents))
                .map(link -> file + ": " + link)
                .toList();
    }

    private static boolean exists(Path file, String content, String link, Map<Path, String> documents) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? file
                : Path.of("").resolve(file).resolveSibling(parts[0]).normalize();
        String there = target.equals(file) ? content : documents.get(target);
        return Files.exists(target)
                && (parts.length == 1 || (there != null && anchors(there).contains(parts[1])));
    }

    /** Anchors of the headings, as GitHub makes them. */
    private static List<String> anchors(String content) {
        return HEADING.matcher(CODE.matcher(content)
                        .replaceAll(code ->
                                code.group().startsWith("`") && !code.group().contains("\n")
                                        ? Matcher.quoteReplacement(code.group().replace("`", ""))
                                        : ""))
                .results()
                .map(LinksTest::anchor)
                .toList();
    }

    private static String anchor(MatchResult heading) {
        return heading.group(1)
                .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static Map<Path, String> documents() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String root : ROOTS) {
            try (Stream<Path> found = Files.walk(Path.of(root))) {
                files.addAll(
                        found.filter(file -> file.toString().endsWith(".md")).toList());
            }
        }
        return files.stream().collect(Collectors.toMap(file -> file, LinksTest::read));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
