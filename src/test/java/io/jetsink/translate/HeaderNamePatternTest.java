package io.jetsink.translate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderNamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "id, id, true",
        "id, ID, false",
        "id, ids, false",
        "*, '', true",
        "*, anything, true",
        "**, anything, true",
        "x-*, x-, true",
        "x-*, x-a, true",
        "x-*, X-a, false",
        "x-*, ax-a, false",
        "*-id, trace-id, true",
        "*-id, trace-ids, false",
        "a*a, aa, true",
        "a*a, a, false",
        "ab*ba, aba, false",
        "a*b*c, abc, true",
        "a*b*c, a1b2b3c, true",
        "a*b*c, acb, false",
        "*ab*ab*, abab, true",
        "*ab*ab*, aba, false",
        "a.b, axb, false",
        "[a-z]+, a, false",
        "'*,x', 'a,x', true",
        "?, a, false",
    })
    void anAsteriskStandsForAnyCharacters(String pattern, String name, boolean matches) {
        assertThat(new HeaderNamePattern(pattern).matches(name)).isEqualTo(matches);
    }

    /** What takes a matcher that tries all ways more than a lifetime. */
    @Test
    void noPatternTakesLong() {
        HeaderNamePattern pattern = new HeaderNamePattern("a*".repeat(100) + "b");
        String name = "a".repeat(1_000_000);

        assertThat(Assertions.assertTimeoutPreemptively(Duration.ofSeconds(5), () -> pattern.matches(name)))
                .isFalse();
    }

    @Test
    void oneOfSeveralPatternsMatches() {
        HeaderNamePattern[] patterns = HeaderNamePattern.all(List.of("x-*", "id"));

        assertThat(HeaderNamePattern.anyMatches(patterns, "id")).isTrue();
        assertThat(HeaderNamePattern.anyMatches(patterns, "x-a")).isTrue();
        assertThat(HeaderNamePattern.anyMatches(patterns, "other")).isFalse();
        assertThat(HeaderNamePattern.anyMatches(HeaderNamePattern.all(List.of()), "id"))
                .isFalse();
    }
}
