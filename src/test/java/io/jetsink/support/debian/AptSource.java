package io.jetsink.support.debian;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One entry of apt's sources, in either of its formats.
 *
 * @param uris where the archive is
 * @param suites its suites
 * @param components its components
 * @param trust the lines that say whose signature counts, as a stanza has them
 */
record AptSource(List<String> uris, List<String> suites, List<String> components, String trust) {
    private static final Pattern ONE_LINE = Pattern.compile("deb\\s+(?:\\[([^]]*)]\\s+)?(\\S+)\\s+(\\S+)\\s+(.*)");

    static List<AptSource> readAll(Path apt) throws IOException {
        var all = new ArrayList<AptSource>();
        var main = apt.resolve("sources.list");
        if (Files.isRegularFile(main)) {
            all.addAll(oneLineEntries(Files.readAllLines(main)));
        }
        var parts = apt.resolve("sources.list.d");
        if (Files.isDirectory(parts)) {
            try (var files = Files.list(parts)) {
                for (var file : files.sorted().toList()) {
                    if (file.toString().endsWith(".list")) {
                        all.addAll(oneLineEntries(Files.readAllLines(file)));
                    } else if (file.toString().endsWith(".sources")) {
                        all.addAll(stanzas(Files.readString(file)));
                    }
                }
            }
        }
        return all;
    }

    /** This archive with another suite, as a stanza of a {@code .sources} file. */
    String stanza(String suite, String otherComponents) {
        return "Types: deb\nURIs: " + String.join(" ", uris) + "\nSuites: " + suite + "\nComponents: " + otherComponents
                + "\n" + trust;
    }

    private static List<AptSource> oneLineEntries(List<String> lines) {
        var entries = new ArrayList<AptSource>();
        for (var line : lines) {
            var entry = ONE_LINE.matcher(line.replaceFirst("#.*", "").strip());
            if (entry.matches()) {
                var options = entry.group(1) == null ? "" : entry.group(1);
                var trust = new StringBuilder();
                for (var option : words(options)) {
                    var name = option.replaceFirst("=.*", "").toLowerCase(Locale.ROOT);
                    if (name.equals("signed-by") || name.equals("trusted")) {
                        trust.append(name)
                                .append(": ")
                                .append(option.replaceFirst("[^=]*=", ""))
                                .append('\n');
                    }
                }
                entries.add(new AptSource(
                        List.of(entry.group(2)), List.of(entry.group(3)), words(entry.group(4)), trust.toString()));
            }
        }
        return entries;
    }

    private static List<AptSource> stanzas(String text) {
        var entries = new ArrayList<AptSource>();
        for (var stanza : text.replaceAll("(?m)^#.*\\R?", "").split("\\R\\s*\\R", -1)) {
            var fields = fields(stanza);
            var enabled = !fields.getOrDefault("enabled", "yes").strip().equalsIgnoreCase("no");
            if (enabled && words(fields.getOrDefault("types", "")).contains("deb")) {
                var trust = new StringBuilder();
                for (var name : List.of("signed-by", "trusted")) {
                    if (fields.containsKey(name)) {
                        trust.append(name).append(':').append(fields.get(name)).append('\n');
                    }
                }
                entries.add(new AptSource(
                        words(fields.getOrDefault("uris", "")),
                        words(fields.getOrDefault("suites", "")),
                        words(fields.getOrDefault("components", "")),
                        trust.toString()));
            }
        }
        return entries;
    }

    /** Fields by lower case name. A line that begins with white space goes on with the field before it. */
    private static Map<String, String> fields(String stanza) {
        var fields = new LinkedHashMap<String, String>();
        var last = "";
        for (var line : stanza.lines().toList()) {
            int colon = line.indexOf(':');
            if (!line.isEmpty() && Character.isWhitespace(line.charAt(0))) {
                fields.merge(last, line, (before, more) -> before + "\n" + more);
            } else if (colon > 0) {
                last = line.substring(0, colon).toLowerCase(Locale.ROOT);
                fields.put(last, line.substring(colon + 1));
            }
        }
        return fields;
    }

    private static List<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+"))
                .filter(w -> !w.isEmpty())
                .toList();
    }
}
