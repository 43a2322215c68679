package io.jetsink.message;

import io.jetsink.message.ErrorCode.Counted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The entries of {@code src/docs/error-catalogue.txt}, and the page that is generated from them. A line that begins with
 * {@code #} begins a group, and one with {@code ##} the entry of a code. An entry has fields ({@code name: text}), then rows of
 * texts, each with meaning, behavior meanwhile and action. Other lines are copied.
 */
record ErrorCatalogue(List<Group> groups) {
    private static final String HEAD = """
            # Troubleshooting

            Each WARN, each error of a failed task or request, each rejection and each error of validation begins with a code \
            in brackets:

            ```
            [JS-2001] orders-0: no working link to NATS (No connection to NATS: …); trying again in 100 ms, …
            [JS-5001] orders-0@17 was rejected: The record has no key, …
            ```

            A code never changes its meaning. It is in the log, in the trace of a failed task \
            (`GET /connectors/<name>/status`), in the header `__connect.errors.exception.message` of a dead letter, and in the \
            tag `reason` of a metric. The first digit is the group.

            To find a text, search this page for the code, or for a part of the line that contains no name, number or other \
            value.

            - `…` is a value, or the rest of a text. `<task>` is the name of the connector with the number of the task, such \
            as `orders-0`. `<connector>` is the name of the connector.
            - Most texts are part of a longer line. An outage, for example, is logged as `<task>: no working link to NATS (…)` \
            with the reason in the brackets and the code of the reason.
            - *Meanwhile* describes the connector's behavior until the problem is solved. *The task retries* means that the \
            task reconnects and publishes again, while the records wait in Kafka. *The task retries for 60 s* means that the \
            task fails if the problem lasts longer.

            This file is generated: do not edit it. After a change of `src/docs/error-catalogue.txt`, generate it again:

            ```sh
            mvn -q test -Dtest=TroubleshootingTest -Dtroubleshooting.write
            ```

            ## Overview

            | code | problem | counted in | alerts |
            |---|---|---|---|
            """;

    private static final String COLUMNS = " | meaning | meanwhile | action |\n|---|---|---|---|\n";
    private static final String TEXTS = "\n| text" + COLUMNS;
    private static final String FOREIGN_TEXTS =
            "\nTexts of nats-server, the JVM or the NATS client (jnats):\n\n| reason" + COLUMNS;
    private static final String FOREIGN = "foreign: ";
    private static final List<String> FIELDS = List.of("title", "cause", "meanwhile", "action", "metric", "alerts");

    record Group(String title, List<String> lines, List<Entry> entries) {}

    /**
     * @param fields by name: {@code title}, {@code cause}, {@code meanwhile}, {@code action} and, for some, others
     * @param rows texts of the connector
     * @param foreign texts of servers, the JVM and jnats
     */
    record Entry(String name, Map<String, String> fields, List<String> rows, List<String> foreign) {
        private String field(String field) {
            return fields.getOrDefault(field, "");
        }
    }

    /** @throws IllegalArgumentException if a line has the wrong form */
    static ErrorCatalogue parse(String text) {
        List<Group> groups = new ArrayList<>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("## ")) {
                last(groups)
                        .entries()
                        .add(new Entry(line.substring(3), new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>()));
            } else if (line.startsWith("# ")) {
                groups.add(new Group(line.substring(2), new ArrayList<>(), new ArrayList<>()));
            } else if (last(groups).entries().isEmpty()) {
                last(groups).lines().add(line);
            } else if (!line.isEmpty()) {
                addTo(last(last(groups).entries()), line);
            }
        }
        return new ErrorCatalogue(groups);
    }

    private static void addTo(Entry entry, String line) {
        int colon = line.indexOf(": ");
        if (line.startsWith("| ")) {
            entry.rows().add(line);
        } else if (line.startsWith(FOREIGN)) {
            entry.foreign().add(line.substring(FOREIGN.length()));
        } else if (colon < 0 || !FIELDS.contains(line.substring(0, colon))) {
            throw new IllegalArgumentException(entry.name() + ": neither a field nor a row: " + line);
        } else if (entry.fields().put(line.substring(0, colon), line.substring(colon + 2)) != null) {
            throw new IllegalArgumentException(entry.name() + ": twice: " + line);
        }
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    List<Entry> entries() {
        return groups.stream().flatMap(group -> group.entries().stream()).toList();
    }

    /**
     * Returns everything that is wrong: a code without an entry, with two, without a field or in the wrong place, and an entry
     * without a code.
     */
    List<String> problems(List<ErrorCode> codes) {
        List<String> problems = new ArrayList<>();
        List<String> names = entries().stream().map(Entry::name).toList();
        List<String> expected = codes.stream().map(Enum::name).toList();
        expected.stream().filter(name -> !names.contains(name)).forEach(name -> problems.add(name + " has no entry"));
        names.stream().filter(name -> !expected.contains(name)).forEach(name -> problems.add(name + " is no code"));
        names.stream()
                .distinct()
                .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
                .forEach(name -> problems.add(name + " has two entries"));
        if (problems.isEmpty() && !names.equals(expected)) {
            problems.add("the entries are in another order than the codes");
        }
        for (Entry entry : entries()) {
            FIELDS.subList(0, 4).stream()
                    .filter(field -> entry.field(field).isEmpty())
                    .forEach(field -> problems.add(entry.name() + " has no " + field));
        }
        return problems;
    }

    String render() {
        String overview = entries().stream()
                .map(entry -> "| [%s](#%s) | %s | %s | %s |\n"
                        .formatted(id(entry), anchor(entry), entry.field("title"), metric(entry), alerts(entry)))
                .collect(Collectors.joining());
        return HEAD + overview + groups.stream().map(ErrorCatalogue::section).collect(Collectors.joining());
    }

    private static String section(Group group) {
        String lines = String.join("\n", group.lines()).strip();
        return "\n## " + group.title() + "\n" + (lines.isEmpty() ? "" : "\n" + lines + "\n")
                + group.entries().stream().map(ErrorCatalogue::section).collect(Collectors.joining());
    }

    private static String section(Entry entry) {
        String metric = metric(entry);
        String alerts = alerts(entry);
        String shown = (metric.isEmpty() ? "the log only" : metric) + (alerts.isEmpty() ? "" : "; alerts: " + alerts);
        return """

                ### %s

                **%s.**

                - Cause: %s
                - Meanwhile: %s
                - Action: %s
                - Shown by: %s
                """.formatted(
                                id(entry),
                                entry.field("title"),
                                entry.field("cause"),
                                entry.field("meanwhile"),
                                entry.field("action"),
                                shown)
                + table(TEXTS, entry.rows())
                + table(FOREIGN_TEXTS, entry.foreign());
    }

    private static String table(String head, List<String> rows) {
        return rows.isEmpty() ? "" : head + String.join("\n", rows) + "\n";
    }

    private static String id(Entry entry) {
        return ErrorCode.valueOf(entry.name()).id();
    }

    private static String anchor(Entry entry) {
        return id(entry).toLowerCase(Locale.ROOT);
    }

    /** Returns links to the alerts, which LinksTest follows. */
    private static String alerts(Entry entry) {
        return entry.field("alerts").replaceAll("[a-z-]+", "[$0](alerts.md#$0)");
    }

    private static String metric(Entry entry) {
        Counted counted = ErrorCode.valueOf(entry.name()).counted();
        return counted == Counted.NOT
                ? entry.field("metric")
                : "`nats-%s-total{reason=\"%s\"}`"
                        .formatted(
                                counted == Counted.RETRIED
                                        ? "retries"
                                        : counted.name().toLowerCase(Locale.ROOT),
                                id(entry));
    }
}
