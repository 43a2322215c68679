package io.jetsink.translate.subject;

import static io.jetsink.support.Thrown.assertThrown;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No pattern blocks a task, whatever the topic. */
class TopicPatternTest {
    /** A reference to an empty group. It keeps newer versions of Java from remembering which attempts failed. */
    private static final String WITHOUT_MEMORY = "(?:%s)(?<empty>)\\k<empty>";

    @ParameterizedTest
    @CsvSource({
        "(a+)+$, a",
        "(a+)+, a",
        "(a*)*b, a",
        "(.*)*x, a",
        "(.+)+x, a",
        "(\\w+-?)+x, a",
        "([a-z]+)*\\.x, a",
        "^(([a-z])+.)+[A-Z]([a-z])+$, a",
        "(a|aa)+, a",
        "(a|a)*$, a",
        "(ab|ba|a|b)+x, ab",
        "([^-]+)+, a",
        "(\\d+)+x, 1",
        "(\\p{Alpha}+)+$, a",
        "orders-(a+)+, orders-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "[a-z]+-v(1|11)*x, a-v1111111111111111111111111111111111111111111",
        "(?:x(y(a+)+)?)z, xyaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "'(.*a){12}x', a",
        "(a+)+b\\1, a",
        "(?<n>a+)+b\\k<n>, a",
        "orders-((us|eu|useu)*)*, orders-useuuseuuseuuseuuseuuseuuseuuseuuseuuseuuseu",
        "((((a+)+)+)+)+, a",
    })
    void aMatchThatNeedsTooManyStepsIsAborted(String pattern, String part) {
        TopicPattern hostile = TopicPattern.compile(String.format(WITHOUT_MEMORY, pattern));
        String name = part.repeat(Math.max(1, 40 / part.length())) + "-";

        assertThrown(TopicPattern.TooManyStepsException.class, () -> hostile.matches(name));
    }

    @ParameterizedTest
    @CsvSource({
        "orders, orders",
        "orders-.*, orders-eu",
        "'[a-z]+\\.orders\\.[0-9]{4}', eu.orders.2026",
        "([a-z]+-)+prod, eu-west-prod",
        "([a-z]+\\.)*orders, eu.west.orders",
        ".*foo.*bar.*baz.*, foobarbaz",
        ".*a.*a.*a.*, banana",
        "(?i)orders(-(eu|us))?, ORDERS-eu",
        "(?!_).*, orders",
        "orders-[(a]+(b), orders-(ab",
        "'(?:a?|b?|c?){25}x', abcx",
        "(\\w+)-\\1, eu-eu",
        "\\Qa.b\\E.*, a.bc",
        "\\Qa.b, a.b",
        "(a++)+b, aaab",
        "(orders|payments|refunds)\\.(eu|us)\\.v[0-9]+, refunds.us.v12",
        "'[a-zA-Z0-9._-]{1,249}', orders",
    })
    void usualPatternsMatch(String pattern, String topic) {
        assertThat(TopicPattern.compile(pattern).matches(topic)).isTrue();
        assertThat(TopicPattern.compile(pattern).matches("_!")).isFalse();
        assertThat(TopicPattern.compile(pattern)).hasToString(pattern);
    }

    @Test
    void anInvalidPatternIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> TopicPattern.compile("orders["))
                .isInstanceOfSatisfying(PatternSyntaxException.class, e -> {
                    assertThat(e.getIndex()).isEqualTo(6);
                    assertThat(e.getDescription()).isEqualTo("Unclosed character class");
                });
        assertThrown(PatternSyntaxException.class, () -> TopicPattern.compile("a".repeat(1001)))
                .hasMessageContaining("longer than 1000 characters");
        assertThrown(PatternSyntaxException.class, () -> TopicPattern.compile("a)|(b"));
    }

    @Test
    void noDepthOfAPatternEndsTheTask() throws Exception {
        String pattern = "(".repeat(30) + "a".repeat(900) + ")".repeat(30);
        assertThat(TopicPattern.compile(pattern).matches("a".repeat(900))).isTrue();
        // On a stack that is too small for the pattern.
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
    void aMatchThatExceedsTheStackIsAborted() {
        TopicPattern pattern = TopicPattern.compile("(?:[a-y]|z)*");

        assertThat(pattern.matches("abc")).isTrue();
        assertThrown(TopicPattern.TooManyStepsException.class, () -> pattern.matches("a".repeat(900_000)));
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
