package io.jetsink.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table in {@code src/docs/compatibility.md}, of which each run of a cell replaces one row. */
final class CompatibilityTable {
    private static final Path FILE =
            Path.of(System.getProperty("jetsink.basedir", "."), "src", "docs", "compatibility.md");
    private static final String BEGIN = "<!-- The rows are written by MatrixIT. -->\n\n";
    private static final String HEAD =
            "| Connect | nats-server | Java | guarantees and modes | records of each | lost |"
                    + " duplicates, `exactly-once` | duplicates, others | lost, `best-effort` | seconds | result | date |\n"
                    + "|---|---|---|---|---|---|---|---|---|---|---|---|\n";

    private CompatibilityTable() {}

    static void replace(Row row) throws IOException {
        String text = Files.readString(FILE);
        int begin = begin(text);
        String rows = Cell.all().stream()
                .map(Row::versions)
                .flatMap(versions ->
                        versions.equals(row.versions()) ? Stream.of(row.line()) : find(text, versions).stream())
                .map(line -> line + "\n")
                .collect(Collectors.joining());
        Files.writeString(FILE, text.substring(0, begin) + HEAD + rows + text.substring(end(text, begin)));
    }

    /** Returns the row that begins with these columns. */
    static Optional<String> find(String text, String versions) {
        return text.lines().filter(line -> line.startsWith(versions)).findFirst();
    }

    /** Returns all rows of the table. */
    static List<String> rows() throws IOException {
        String text = Files.readString(FILE);
        int begin = begin(text);
        return text.substring(begin, end(text, begin)).lines().skip(2).toList();
    }

    private static int begin(String text) {
        int before = text.indexOf(BEGIN);
        if (before < 0) {
            throw new IllegalStateException(FILE + " does not contain: " + BEGIN);
        }
        return before + BEGIN.length();
    }

    private static int end(String text, int begin) {
        int end = begin;
        while (text.startsWith("|", end)) {
            end = text.indexOf('\n', end) + 1;
        }
        return end;
    }
}
