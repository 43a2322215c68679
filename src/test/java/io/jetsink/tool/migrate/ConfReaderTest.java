package io.jetsink.tool.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ConfReaderTest {
    private static final String SECRET = "c4n4ry-s3cr3t";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "key: value                       | {key=value}",
                "Key=value                        | {key=value}",
                "KEY value                        | {key=value}",
                "\"a key\" : 'a value'            | {a key=a value}",
                "a: nats://host:4222, b: 5        | {a=nats://host:4222, b=5}",
                "a: 1; b: 2                       | {a=1, b=2}",
                "a: {b: 1, c {d: true}}           | {a={b=1, c={d=true}}}",
                "a{b: 1}                          | {a={b=1}}",
                "a: [1, 'b c', {d: 2}, [3 4]]     | {a=[1, b c, {d=2}, [3, 4]]}",
                "a: []                            | {a=[]}",
                "a: 1, a: 2                       | {a=2}",
                "a: \"{{ printf \\\"%s\\\" .Key }}\"  | {a={{ printf \"%s\" .Key }}}",
                "a: '\\t'                         | {a=\\t}",
                "a: x#y                           | {a=x#y}",
                "v: 1, a: {b: $v}                 | {v=1, a={b=1}}",
                "v: 1, a: {v: 2, b: [$V]}         | {v=1, a={v=2, b=[2]}}",
                "a: $FROM_OUTSIDE                 | {a=outside}",
                "a: $2a$10$hash                   | {a=$2a$10$hash}",
                "``                               | {}",
            })
    void valuesAreThoseOfTheFormat(String text, String values) throws IOException {
        assertThat(read(text)).hasToString(values.strip());
    }

    @Test
    void commentsAndLinesSeparateEntries() throws IOException {
        assertThat(read("""
                # a comment with { and [
                a: 1 # behind a value
                // another
                list: [
                  x   // in a list
                  y
                ]
                lines: (
                  first
                  (second)
                )
                last: 2"""))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("a", "1", "list", List.of("x", "y"), "lines", "first\n  (second)", "last", "2"));
    }

    @Test
    void anIncludedFileIsReadInPlace() throws IOException {
        Files.createDirectory(folder.resolve("parts"));
        Files.writeString(folder.resolve("parts/nats.conf"), "servers: [$host]\n");

        assertThat(read("host: h\nnats: {\n include ./parts/nats.conf\n}\ninclude: 5"))
                .isEqualTo(Map.of("host", "h", "nats", Map.of("servers", List.of("h")), "include", "5"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a: {b: c4n4ry-s3cr3t         | line 1: a block has no }",
                "a: c4n4ry-s3cr3t }           | line 1: there is a } without a block",
                "a: [c4n4ry-s3cr3t            | line 1: a list has no ]",
                "a: 'c4n4ry-s3cr3t            | line 1: a text has no closing",
                "a: (c4n4ry-s3cr3t            | line 1: a text has no closing )",
                "a: \"c4n4ry-s3cr3t\\q\"      | line 1: an escape sequence is not valid",
                "a:                           | line 1: a value is missing",
                "a: }                         | line 1: a value is missing",
                ": c4n4ry-s3cr3t              | line 1: a key is missing",
                "a: $NOWHERE                  | line 1: variable $NOWHERE is neither a key of the file nor",
                "include none.conf            | none.conf cannot be read: NoSuchFileException",
                "include nats.conf            | blocks are nested more than 32 times",
            })
    void anErrorNamesThePlaceAndNoValue(String text, String error) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfException.class)
                .hasMessageContaining(error)
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void anErrorCountsLines() {
        assertThatThrownBy(() -> read("a: 1\n\nb: {\n  c: $NOWHERE\n}"))
                .isInstanceOf(ConfException.class)
                .hasMessageStartingWith(folder.resolve("nats.conf") + ", line 4: ");
    }

    @Test
    void deepBlocksAreRefused() {
        assertThatThrownBy(() -> read("a: " + "[".repeat(100_000)))
                .isInstanceOf(ConfException.class)
                .hasMessageContaining("nested more than 32 times");
    }

    private Map<String, Object> read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("nats.conf"), text);
        return ConfReader.read(file, name -> name.equals("FROM_OUTSIDE") ? "outside" : null);
    }
}
