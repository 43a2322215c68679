package io.jetsink.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The alert rules, {@code docker/observability/alerts.yaml}, and the files that are generated from them. */
final class AlertRules {
    static final Path FILE = Observability.FOLDER.resolve("alerts.yaml");

    private static final String HEAD = """
            # Alert rules for Prometheus with the metric names of Strimzi's metrics reporter. Generated from alerts.yaml: do not
            # edit this file.
            """;
    private static final String RUNBOOK = "src/docs/alerts.md#";
    /** A time of a rule: {@code for}, a range or an offset, but not a part of a name. */
    private static final Pattern TIME = Pattern.compile("(?<=for: |\\[|offset )(\\d+)([smd])\\b");

    /** An alert. */
    record Rule(JsonNode node) {
        String name() {
            return node.path("alert").asText();
        }

        String expression() {
            return node.path("expr").asText();
        }

        String severity() {
            return node.at("/labels/severity").asText();
        }

        String annotation(String name) {
            return node.at("/annotations/" + name).asText();
        }

        /** Returns the section of {@code src/docs/alerts.md}. */
        String section() {
            return annotation("runbook_url").replace(RUNBOOK, "");
        }
    }

    private final String text;

    private AlertRules(String text) {
        this.text = text;
    }

    static AlertRules read() throws IOException {
        return new AlertRules(Files.readString(FILE));
    }

    List<Rule> rules() throws IOException {
        return new YAMLMapper()
                .readTree(text)
                .at("/groups/0/rules")
                .valueStream()
                .map(Rule::new)
                .toList();
    }

    /** Returns the file for a spelling. */
    String text(Spelling spelling) {
        return spelling == Spelling.JMX_EXPORTER ? text : HEAD + spelling.of(text.substring(text.indexOf("groups:")));
    }

    /** Returns the file with all times divided by a number; a limit of the age of a record is divided, too. */
    String accelerated(int factor) {
        String shorter = TIME.matcher(text).replaceAll(time -> millis(time) / factor + "ms");
        return shorter.replace("age_ms / 1000 > 60", "age_ms / 1000 > " + 60 / factor);
    }

    private static long millis(MatchResult time) {
        long unit = switch (time.group(2)) {
            case "s" -> 1_000;
            case "m" -> 60_000;
            default -> 86_400_000;
        };
        return Long.parseLong(time.group(1)) * unit;
    }
}
