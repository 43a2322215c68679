package io.jetsink.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ArgumentsTest {
    @Test
    void defaultsApplyWithoutOptions() {
        assertThat(Arguments.parse(List.of("explain", "orders.json")))
                .isEqualTo(new Arguments(
                        Arguments.Command.EXPLAIN, Path.of("orders.json"), null, null, false, 10, null, false));
    }

    @Test
    void optionsMayStandBeforeAndBehindTheFile() {
        assertThat(Arguments.parse(List.of(
                        "verify",
                        "--to-end",
                        "--worker",
                        "w.properties",
                        "orders.json",
                        "--bootstrap-server",
                        "kafka:9092",
                        "--format",
                        "json")))
                .isEqualTo(new Arguments(
                        Arguments.Command.VERIFY,
                        Path.of("orders.json"),
                        Path.of("w.properties"),
                        "kafka:9092",
                        true,
                        10,
                        null,
                        true));
        Arguments explain = Arguments.parse(List.of("explain", "--records", "25", "--topic", "orders", "orders.json"));
        assertThat(explain.records()).isEqualTo(25);
        assertThat(explain.topic()).isEqualTo("orders");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                    | the command is missing",
                "chek orders.json                      | there is no command chek",
                "check                                 | the file with the configuration of the connector is missing",
                "check a.json b.json                   | there is a second file b.json",
                "check a.json --wrker w                | there is no option --wrker",
                "check a.json --worker                 | --worker requires a value",
                "check a.json --format yaml            | --format must be text or json",
                "check a.json --records 5              | --records is not an option of this command",
                "explain a.json --to-end               | --to-end is not an option of this command",
                "import a.conf --worker w              | --worker is not an option of this command",
                "import a.conf --bootstrap-server k    | --bootstrap-server is not an option of this command",
                "import a.conf --records 5             | --records is not an option of this command",
                "explain a.json --records 0            | --records must be a number from 1 to 1000000",
                "explain a.json --records 99999999     | --records must be a number from 1 to 1000000",
                "explain a.json --records ten          | --records must be a number from 1 to 1000000",
            })
    void wrongUsageIsNamed(String line, String says) {
        List<String> words = line.isEmpty() ? List.of() : List.of(line.split(" "));

        assertThatThrownBy(() -> Arguments.parse(words))
                .isInstanceOf(UsageException.class)
                .hasMessage(says);
        ToolRun run = ToolRun.of(words.toArray(String[]::new));
        assertThat(run.status()).isEqualTo(2);
        assertThat(run.err()).isEqualToNormalizingNewlines("""
                jetsink: %s
                Run jetsink --help for the commands and options.
                """.formatted(says));
    }

    @Test
    void helpListsEachCommandAndOption() {
        assertThat(ToolRun.of("--help").out())
                .contains(
                        "check ",
                        "explain ",
                        "verify ",
                        "import ",
                        "--worker",
                        "--bootstrap-server",
                        "--format",
                        "--records")
                .contains("--topic", "--to-end", "--version");
        assertThat(ToolRun.of("check", "--help").status()).isZero();
    }

    @Test
    void theVersionIsTheConnectors() {
        assertThat(ToolRun.of("--version").out()).isEqualToIgnoringNewLines(System.getProperty("jetsink.version"));
    }
}
