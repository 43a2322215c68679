package io.jetsink.shipped;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Documents in Markdown, and the links between them.
 *
 * @param contents the content of each file
 */
record MarkdownLinks(Map<Path, String> contents) {
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```|`+[^`\n]*`+");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");

    /** Reads documents, and those in folders. */
    static MarkdownLinks read(List<Path> roots) throws IOException {
        Map<Path, String> contents = new TreeMap<>();
        for (Path root : roots) {
            try (Stream<Path> found = Files.walk(root)) {
                for (Path file :
                        found.filter(file -> file.toString().endsWith(".md")).toList()) {
                    contents.put(file, Files.readString(file));
                }
            }
        }
        return new MarkdownLinks(contents);
    }

    /** Returns all links that have no target: a file that exists, and a heading for the anchor. */
    List<String> broken() {
        List<String> broken = new ArrayList<>();
        contents.forEach((file, content) -> broken.addAll(broken(file, content)));
        return broken;
    }

    /** Returns the links of a content, in the place of a file, that have no target. */
    List<String> broken(Path file, String content) {
        return LINK.matcher(CODE.matcher(content).replaceAll(""))
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.contains("://") && !link.startsWith("mailto:"))
                .filter(link -> !exists(file, content, link))
                .map(link -> file + ": " + link)
                .toList();
    }

    private boolean exists(Path file, String content, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? file
                : Path.of("").resolve(file).resolveSibling(parts[0]).normalize();
        String there = target.equals(file) ? content : contents.get(target);
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
                .map(MarkdownLinks::anchor)
                .toList();
    }

    private static String anchor(MatchResult heading) {
        return heading.group(1)
                .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }
}
