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
    void whatIsExcludedDoesNotTravel() {
        HeaderFilter filter = new HeaderFilter(List.of("x-*", "id"), List.of("*-secret", "x-y"));

        for (int again = 0; again < 2; again++) {
            assertThat(filter.travels("id")).isTrue();
            assertThat(filter.travels("x-a")).isTrue();
            assertThat(filter.travels("x-y")).isFalse();
            assertThat(filter.travels("x-a-secret")).isFalse();
            assertThat(filter.travels("other")).isFalse();
        }
        assertThat(filter.known()).isEqualTo(5);
    }

    @Test
    void madeUpNamesFillNoHeap() {
        HeaderFilter filter = new HeaderFilter(List.of("x-*"), List.of());

        for (int i = 0; i < 10 * HeaderFilter.KEPT_NAMES; i++) {
            assertThat(filter.travels("x-" + i)).isTrue();
            assertThat(filter.travels("y-" + i)).isFalse();
        }
        assertThat(filter.known()).isEqualTo(HeaderFilter.KEPT_NAMES);

        HeaderFilter ofLong = new HeaderFilter(List.of("x-*"), List.of());
        assertThat(ofLong.travels("x-" + "a".repeat(10_000))).isTrue();
        assertThat(ofLong.known()).isZero();
    }
}
