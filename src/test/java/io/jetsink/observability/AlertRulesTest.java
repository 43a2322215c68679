package io.jetsink.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Rules, their runbook and the error catalogue name each other. */
final class AlertRulesTest {
    private static final List<String> PARTS =
            List.of("- **Meaning:**", "- **Meanwhile:**", "- **Action:**", "- **Codes:**");

    private final AlertRules alerts = AlertRules.read();
    private final String runbook = Files.readString(Observability.DOCS.resolve("alerts.md"));

    AlertRulesTest() throws IOException {}

    @Test
    void theRulesForStrimziAreGenerated() throws IOException {
        Observability.assertUpToDate(
                Observability.FOLDER.resolve("alerts-strimzi-reporter.yaml"),
                alerts.text(Spelling.STRIMZI_REPORTER),
                AlertRulesTest.class);
    }

    @Test
    void everyAlertHasASectionOfTheRunbookAndTheOtherWayRound() throws IOException {
        assertThat(alerts.rules())
                .hasSize(13)
                .extracting(AlertRules.Rule::section)
                .containsExactlyElementsOf(matches("(?m)^## (\\S+)$", runbook));
    }

    @Test
    void everySectionNamesItsAlertAndDescribesWhatToDo() throws IOException {
        assertThat(alerts.rules()).allSatisfy(rule -> {
            String section = section(rule.section());
            assertThat(section)
                    .contains("`" + rule.name() + "`, " + rule.severity() + ":")
                    .contains(PARTS);
            assertThat(rule.name()).isEqualTo("Jetsink" + camelCase(rule.section()));
            assertThat(rule.annotation("runbook_url")).isEqualTo("src/docs/alerts.md#" + rule.section());
            assertThat(rule.severity()).isIn("critical", "warning", "info");
            assertThat(rule.annotation("summary")).contains("{{ $labels.");
            assertThat(rule.annotation("description")).endsWith(".");
        });
    }

    @Test
    void theRunbookLinksToCodesThatExist() {
        List<String> codes =
                Arrays.stream(ErrorCode.values()).map(ErrorCode::id).toList();

        assertThat(matches("\\[(JS-\\d+)]\\(troubleshooting\\.md#js-\\d+\\)", runbook))
                .isNotEmpty()
                .isSubsetOf(codes);
        assertThat(matches("troubleshooting\\.md#js-(\\d+)", runbook))
                .containsExactlyElementsOf(matches("\\[JS-(\\d+)]", runbook));
    }

    @Test
    void theErrorCatalogueNamesAlertsThatExist() throws IOException {
        String catalogue = Files.readString(Observability.DOCS.resolve("error-catalogue.txt"));

        assertThat(matches("(?m)^alerts: *(.*)$", catalogue).stream()
                        .flatMap(line -> Arrays.stream(line.split(", *")))
                        .filter(name -> !name.isEmpty()))
                .isNotEmpty()
                .isSubsetOf(
                        alerts.rules().stream().map(AlertRules.Rule::section).toList());
    }

    @Test
    void rangesAreDividedByAFactor() {
        assertThat(alerts.accelerated(10))
                .contains("age_ms > 6000\n", "_reconnects_total[90000ms]", "offset 90000ms", "_mode[8640000ms]")
                .contains("for: 12000ms")
                .contains("over_500_ms_total[30000ms]")
                .doesNotContainPattern("\\[\\d+[mds]]|for: \\d+[mds]\\b");
    }

    private String section(String name) {
        return Arrays.stream(runbook.split("(?m)^## "))
                .filter(section -> section.startsWith(name + "\n"))
                .collect(Collectors.joining());
    }

    private static String camelCase(String name) {
        return Arrays.stream(name.split("-"))
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining());
    }

    private static List<String> matches(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
