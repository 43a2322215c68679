package io.jetsink.translate.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No pattern hangs a task, whatever the topic. */
class TopicPatternTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(a+)+$",
                "(a+)+",
                "(a*)*b",
                "(.*)*x",
                "(.+)+x",
                "(\\w+-?)+x",
                "([a-z]+)*\\.x",
                "^(([a-z])+.)+[A-Z]([a-z])+$",
                "(a|aa)+",
                "(a|a)*$",
                "(ab|ba|a|b)+x",
                "([^-]+)+",
                "(\\d+)+x",
                "(\\p{Alpha}+)+$",
                "orders-(a+)+",
                "[a-z]+-v(1|11)*x",
                "(?:x(y(a+)+)?)z",
                "(.*a){12}x",
                "(a+)+b\\1",
                "(?<n>a+)+b\\k<n>",
                "orders-((us|eu)*)*",
                "((((a+)+)+)+)+",
            })
    void aPatternThatTakesTooLongIsRefused(String pattern) {
        assertThatThrownBy(() -> TopicPattern.compile(pattern))
                .isInstanceOf(PatternSyntaxException.class)
                .hasMessageContaining("takes too long for some names");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders",
                "orders-.*",
                ".*",
                "[a-z]+\\.orders\\.[0-9]{4}",
                "([a-z]+-)+prod",
                "([a-z]+\\.)*orders",
                ".*foo.*bar.*baz.*",
                ".*a.*a.*a.*",
                "(?i)orders(-(eu|us))?",
                "(?!_).*",
                "orders-[(a]+(b)",
                "(?:a?|b?|c?){25}x",
                "(\\w+)-\\1",
                "\\Qa.b\\E.*",
                "\\Qa.b",
                "(a++)+b",
                "(orders|payments|refunds)\\.(eu|us)\\.v[0-9]+",
                "[a-zA-Z0-9._-]{1,249}",
            })
    void usualPatternsAreFine(String pattern) {
        assertThat(TopicPattern.compile(pattern).toString()).isEqualTo(pattern);
    }

    @Test
    void whatIsNoPatternIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> TopicPattern.compile("orders["))
                .isInstanceOfSatisfying(PatternSyntaxException.class, e -> {
                    assertThat(e.getIndex()).isEqualTo(6);
                    assertThat(e.getDescription()).isEqualTo("Unclosed character class");
                });
        assertThatThrownBy(() -> TopicPattern.compile("a".repeat(1001)))
                .isInstanceOf(PatternSyntaxException.class)
                .hasMessageContaining("longer than 1000 characters");
        assertThatThrownBy(() -> TopicPattern.compile("(a)".repeat(31)))
                .isInstanceOf(PatternSyntaxException.class)
                .hasMessageContaining("more than 30 groups");
        assertThatThrownBy(() -> TopicPattern.compile("a)|(b")).isInstanceOf(PatternSyntaxException.class);
    }

    @Test
    void noDepthOfAPatternEndsTheTask() throws Exception {
        String pattern = "(".repeat(30) + "a".repeat(900) + ")".repeat(30);
        assertThat(TopicPattern.compile(pattern).matches("a".repeat(900))).isTrue();
        // On a stack that is too small for it.
        Throwable[] thrown = new Throwable[1];
        Thread small = new Thread(null, () -> TopicPattern.compile(pattern), "small", 1 << 14);
        small.setUncaughtExceptionHandler((thread, e) -> thrown[0] = e);
        small.start();
        small.join();
        assertThat(thrown[0] == null || thrown[0] instanceof PatternSyntaxException)
                .as("%s", thrown[0])
                .isTrue();
    }

    /** Java's matcher calls itself for each character here. */
    @Test
    void aNameThatIsTooLongForTheStackIsGivenUp() {
        TopicPattern pattern = TopicPattern.compile("(?:[a-y]|z)*");

        assertThat(pattern.matches("abc")).isTrue();
        assertThatThrownBy(() -> pattern.matches("a".repeat(900_000)))
                .isInstanceOf(TopicPattern.TooManyStepsException.class);
    }

    @Test
    void stepsAreCountedForEachNameAnew() {
        TopicPattern pattern = TopicPattern.compile("[a-z]*");
        String name = "a".repeat(249);

        for (int i = 0; i < 10_000; i++) {
            assertThat(pattern.matches(name)).isTrue();
        }
    }
}
