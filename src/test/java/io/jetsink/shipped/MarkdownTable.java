package io.jetsink.shipped;

import java.util.Arrays;
import java.util.List;

/** The rows of the first table below a heading of a document, without its head. */
record MarkdownTable(List<List<String>> rows) {

    static MarkdownTable below(String heading, String document) {
        int at = document.indexOf('\n' + heading + '\n');
        if (at < 0) {
            throw new IllegalArgumentException("no heading " + heading);
        }
        List<List<String>> rows = document.substring(at + heading.length() + 2)
                .lines()
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .skip(2)
                .map(line -> Arrays.stream(line.substring(1).split("\\|"))
                        .map(cell -> cell.strip().replace("`", ""))
                        .toList())
                .toList();
        return new MarkdownTable(rows);
    }
}
