package io.jetsink.tool.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GoTemplateTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "orders.new  ~ orders.new",
                "{{.Topic}}  ~ ${topic}",
                "a.{{ .Topic }}.{{ .Partition }}.b  ~ a.${topic}.${partition}.b",
                "a.{{ printf \"%s\" .Key }}  ~ a.${key}",
                "a.{{ .Key | printf \"%s\" }}  ~ a.${key}",
            })
    void aTemplateWithAnEquivalentIsConverted(String template, String subject) {
        assertThat(GoTemplate.subject(template)).isEqualTo(subject);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a.{{ .Offset }}",
                "a.{{ .Key }}",
                "a.{{ .Topic | replace \"a\" \"b\" }}",
                "a.{{ .Topic",
                "a.${key}",
                "a b",
                "a.*",
                "ä"
            })
    void anyOtherHasNone(String template) {
        assertThat(GoTemplate.subject(template)).isNull();
    }
}
