package io.jetsink.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.ErrorCode.Counted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The error catalogue and the page that is generated from it. */
class TroubleshootingTest {
    private static final Path CATALOGUE = Path.of("src/docs/error-catalogue.txt");
    private static final Path PAGE = Path.of("src/docs/troubleshooting.md");
    private static final List<ErrorCode> CODES = List.of(ErrorCode.values());

    @Test
    void committedPageIsThatOfTheCatalogue() throws IOException {
        String page = ErrorCatalogue.parse(Files.readString(CATALOGUE)).render();
        if (System.getProperty("troubleshooting.write") != null) {
            Files.writeString(PAGE, page);
        }

        assertThat(Files.readString(PAGE))
                .as("write it with: mvn -q test -Dtest=TroubleshootingTest -Dtroubleshooting.write")
                .isEqualTo(page);
    }

    @Test
    void everyCodeHasOneEntryInItsGroup() throws IOException {
        ErrorCatalogue catalogue = ErrorCatalogue.parse(Files.readString(CATALOGUE));

        assertThat(catalogue.problems(CODES)).isEmpty();
        assertThat(catalogue.groups().stream()
                        .filter(group -> !group.entries().isEmpty())
                        .map(group -> group.entries().stream()
                                .map(entry ->
                                        ErrorCode.valueOf(entry.name()).id().charAt(3))
                                .distinct()
                                .toList()))
                .containsExactly(
                        List.of('1'),
                        List.of('2'),
                        List.of('3'),
                        List.of('4'),
                        List.of('5'),
                        List.of('6'),
                        List.of('7'));
    }

    @Test
    void aCodeWithoutAnEntryIsReported() throws IOException {
        ErrorCatalogue mutant =
                ErrorCatalogue.parse(Files.readString(CATALOGUE).replace("## NO_ACK\n", "## NO_ACKS\n"));

        assertThat(mutant.problems(CODES)).containsExactly("NO_ACK has no entry", "NO_ACKS is no code");
    }

    @Test
    void aCodeWithTwoEntriesIsReported() throws IOException {
        ErrorCatalogue mutant = ErrorCatalogue.parse(
                Files.readString(CATALOGUE) + "\n## NO_ACK\ntitle: t\ncause: c\nmeanwhile: m\naction: a\n");

        assertThat(mutant.problems(CODES)).containsExactly("NO_ACK has two entries");
    }

    @ParameterizedTest
    @CsvSource({"title", "cause", "meanwhile", "action"})
    void anEntryWithoutAFieldIsReported(String field) throws IOException {
        ErrorCatalogue mutant = ErrorCatalogue.parse(
                Files.readString(CATALOGUE).replaceFirst("(?s)(## NO_ACK\n.*?\n?)" + field + ": [^\n]*\n", "$1"));

        assertThat(mutant.problems(CODES)).containsExactly("NO_ACK has no " + field);
    }

    @Test
    void anEntryInAnotherPlaceIsReported() throws IOException {
        ErrorCatalogue mutant = ErrorCatalogue.parse(Files.readString(CATALOGUE)
                .replace("## NO_ACK\n", "## NO\n")
                .replace("## NO_ANSWER\n", "## NO_ACK\n")
                .replace("## NO\n", "## NO_ANSWER\n"));

        assertThat(mutant.problems(CODES)).containsExactly("the entries are in another order than the codes");
    }

    @Test
    void noTwoCodesHaveOneNumberAndNumbersOnlyIncrease() {
        List<String> ids = CODES.stream().map(ErrorCode::id).toList();

        assertThat(ids).doesNotHaveDuplicates().isSorted().allMatch(id -> id.matches("JS-[1-7]\\d{3}"));
    }

    /** Each reason is one time series for each task. */
    @ParameterizedTest
    @CsvSource({"RETRIED, 26", "REJECTED, 15", "SKIPPED, 5"})
    void metricsHaveFewReasons(Counted counted, int limit) {
        assertThat(ErrorCode.of(counted)).isNotEmpty().hasSizeLessThanOrEqualTo(limit);
    }

    @Test
    void everyCodeIsUsed() throws IOException {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("ErrorCode.java"))
                    .toList()) {
                sources.append(Files.readString(file));
            }
        }

        assertThat(CODES).allMatch(code -> sources.indexOf("ErrorCode." + code.name()) >= 0, "used in src/main");
    }
}
