package io.jetsink.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.ErrorCode;
import io.jetsink.message.ErrorCode.Counted;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules, their runbook and the error catalogue name each other. */
final class AlertRulesTest {
    private static final List<String> PARTS =
            List.of("- **Meaning:**", "- **Meanwhile:**", "- **Action:**", "- **Codes:**");
    private static final Pattern CODES =
            Pattern.compile("(?ms)^(## (\\S+)\n(?:(?!^## ).)*?^- \\*\\*Codes:\\*\\*)(.*?\n)(?=\n|\\z)");
    private static final int WIDTH = 125;

    private final AlertRules alerts = AlertRules.read();
    private final String runbook = Files.readString(Observability.DOCS.resolve("alerts.md"));
    private final String catalogue = Files.readString(Observability.DOCS.resolve("error-catalogue.txt"));

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
    void everySectionHasTheCodesForWhichTheErrorCatalogueNamesItsAlert() throws IOException {
        String generated = CODES.matcher(runbook)
                .replaceAll(section -> Matcher.quoteReplacement(section.group(1) + codes(section)));

        Observability.assertUpToDate(Observability.DOCS.resolve("alerts.md"), generated, AlertRulesTest.class);
    }

    /** These alerts have the label {@code reason}. */
    @ParameterizedTest
    @CsvSource({"retries, RETRIED", "rejected, REJECTED"})
    void theErrorCatalogueNamesAnAlertForEveryReasonOfItsCounter(String alert, Counted counted) {
        assertThat(codesOf(alert)).containsExactlyElementsOf(ErrorCode.of(counted));
    }

    @Test
    void theTextNamesOnlyAlertsThatExist() throws IOException {
        assertThat(matches("(Jetsink\\w+)", runbook))
                .isSubsetOf(alerts.rules().stream().map(AlertRules.Rule::name).toList());
    }

    @Test
    void theErrorCatalogueNamesAlertsThatExist() throws IOException {
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
                .contains("age_ms / 1000 > 6\n", "_reconnects_total[90000ms]", "offset 90000ms", "_mode[8640000ms]")
                .contains("for: 12000ms")
                .contains("over_500_ms_total[30000ms]")
                .doesNotContainPattern("\\[\\d+[mds]]|for: \\d+[mds]\\b");
    }

    /** Returns the text after "Codes:" of a section; a section without codes explains why. */
    private String codes(MatchResult section) {
        List<ErrorCode> codes = codesOf(section.group(2));
        if (codes.isEmpty()) {
            assertThat(section.group(3)).as(section.group(2)).startsWith(" none. ");
            return section.group(3);
        }
        StringBuilder text = new StringBuilder();
        int column = "- **Codes:**".length();
        for (String word : (String.join(", ", ranges(codes)) + ".").split(" ")) {
            column += 1 + word.length();
            boolean fits = column <= WIDTH;
            text.append(fits ? " " : "\n  ").append(word);
            column = fits ? column : 2 + word.length();
        }
        return text.append('\n').toString();
    }

    /** Returns the codes whose entry names an alert. */
    private List<ErrorCode> codesOf(String alert) {
        return matches("(?ms)^## (\\w+)\n(?:(?!^## ).)*?^alerts:[^\n]*(?<![a-z-])" + alert + "(?![a-z-])", catalogue)
                .stream()
                .map(ErrorCode::valueOf)
                .toList();
    }

    /** Returns links to codes, three or more in a row as one range. */
    private static List<String> ranges(List<ErrorCode> codes) {
        List<String> texts = new ArrayList<>();
        for (int first = 0, end; first < codes.size(); first = end) {
            end = first + 1;
            while (end < codes.size() && follows(codes.get(end - 1), codes.get(end))) {
                end++;
            }
            if (end - first > 2) {
                texts.add(link(codes.get(first)) + " to " + link(codes.get(end - 1)));
            } else {
                codes.subList(first, end).forEach(code -> texts.add(link(code)));
            }
        }
        return texts;
    }

    /** Returns whether a code is the next one of the same group. */
    private static boolean follows(ErrorCode code, ErrorCode next) {
        return next.ordinal() == code.ordinal() + 1
                && next.id().charAt(3) == code.id().charAt(3);
    }

    private static String link(ErrorCode code) {
        return "[%s](troubleshooting.md#%s)".formatted(code.id(), code.id().toLowerCase(Locale.ROOT));
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
