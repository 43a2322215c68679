package io.jetsink.translate.subject;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.support.Thrown.assertThrown;
import static io.jetsink.translate.Records.at;
import static io.jetsink.translate.subject.Subjects.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates by topics. */
class SubjectRoutesTest {
    private static final String ROUTES = """
            orders-(eu|us) -> orders.${key}
            orders-.*      -> elsewhere.${topic:token}.${key}

            audit\\..*\t->\taudit.${partition};metrics[0-9]+->m
            """;

    @ParameterizedTest
    @CsvSource({
        "orders-eu, orders.k",
        "orders-us, orders.k",
        "orders-eu2, elsewhere.orders-eu2.k",
        "orders-, elsewhere.orders-.k",
        "audit.x, audit.3",
        "audit, all.audit",
        "metrics1, m",
        "metrics, all.metrics",
        "my-orders-eu, all.my-orders-eu",
    })
    void theFirstPatternForTheWholeNameCounts(String topic, String subject) {
        TemplateSubjectMapper subjects = mapper("all.${topic}", ROUTES, null);

        assertThat(subjects.subjectFor(at(topic, 3, "k"))).isEqualTo(subject);
        assertThat(subjects.subjectFor(at(topic, 3, "k"))).isEqualTo(subject);
    }

    @Test
    void aTopicIsTakenAsTransformsLeaveIt() {
        TemplateSubjectMapper subjects = mapper("all", "a -> routed", null);

        assertThat(subjects.subjectFor(at("b", 0, "k").newRecord("a", 0, null, "k", null, "v", null)))
                .isEqualTo("routed");
        assertThat(subjects.subjectFor(at("a", 0, "k").newRecord("b", 0, null, "k", null, "v", null)))
                .isEqualTo("all");
    }

    @Test
    void aRecordWithoutATopicHasNoRoute() {
        TemplateSubjectMapper subjects = mapper("all", ".* -> routed", null);

        assertThat(subjects.subjectFor(at("a", 0, "k"))).isEqualTo("routed");
        assertThat(subjects.subjectFor(at(null, 0, "k"))).isEqualTo("all");
        assertThat(subjects.subjectFor(at("", 0, "k"))).isEqualTo("routed");
        assertThat(subjects.subjectFor(at("a", 0, "k"))).isEqualTo("routed");
    }

    @Test
    void topicsThatTakeTurnsKeepTheirSubjects() {
        TemplateSubjectMapper subjects = mapper("all.${topic}", "a -> x.${partition}; b -> y.${key}", null);
        for (int round = 0; round < 3; round++) {
            assertThat(subjects.subjectFor(at("a", 0, "k"))).isEqualTo("x.0");
            assertThat(subjects.subjectFor(at("a", 1, "k"))).isEqualTo("x.1");
            assertThat(subjects.subjectFor(at("b", 1, "k1"))).isEqualTo("y.k1");
            assertThat(subjects.subjectFor(at("b", 1, "k2"))).isEqualTo("y.k2");
            assertThat(subjects.subjectFor(at("c", 1, "k2"))).isEqualTo("all.c");
        }
    }

    @Test
    void aSubjectIsBuiltOncePerRunOfOnePartition() {
        TemplateSubjectMapper subjects = mapper("all", "a.* -> x.${topic}.${partition}", null);

        String first = subjects.subjectFor(at("abc", 0, "k1"));

        assertThat(subjects.subjectFor(at("abc", 0, "k2"))).isSameAs(first);
    }

    /** More topics than are remembered. */
    @Test
    void anyNumberOfTopicsIsRouted() {
        TemplateSubjectMapper subjects = mapper("odd.${topic}", ".*[02468] -> even.${topic}", null);
        for (int round = 0; round < 2; round++) {
            for (int topic = 0; topic < 3000; topic++) {
                assertThat(subjects.subjectFor(at("t" + topic, 0, null)))
                        .isEqualTo((topic % 2 == 0 ? "even.t" : "odd.t") + topic);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', textBlock = """
                    a -> x; b -> y           ~ a -> x                ~ b -> y
                    a -> x, b -> y           ~ a -> x                ~ b -> y
                    a->x,b->y                ~ a->x                  ~ b->y
                    a -> x,y                 ~ a -> x,y              ~
                    a -> x,y, b -> z         ~ a -> x,y              ~ b -> z
                    a{1,2} -> x, b -> y      ~ a{1,2} -> x           ~ b -> y
                    [a,b] -> x               ~ [a,b] -> x            ~
                    (a,|b->) -> x            ~ (a,|b->) -> x         ~
                    a,b -> x                 ~ a,b -> x              ~
                    a\\, -> x, b -> y        ~ a\\, -> x             ~ b -> y
                    a\\{ -> x, b -> y        ~ a\\{ -> x             ~ b -> y
                    a] -> x, b -> y          ~ a] -> x               ~ b -> y
                    a -> ${key:-x,y}, b -> z ~ a -> ${key:-x,y}      ~ b -> z
                    ' ; a -> x ;; b -> y; '  ~ a -> x                ~ b -> y
                    """)
    void entriesArePartedWhereThatIsClear(String text, String first, @Nullable String second) {
        assertThat(RouteSyntax.of(text))
                .containsExactlyElementsOf(second == null ? List.of(first) : List.of(first, second));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a -> x\nb -> y", "a -> x\r\nb -> y", "a -> x\r\r b -> y\n", "\n\na -> x;\n;b -> y"})
    void linesPartEntries(String text) {
        assertThat(RouteSyntax.of(text)).containsExactly("a -> x", "b -> y");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    a -> x; b                | b           | entry 2, at position 1: no '->' between
                    a                        | a           | entry 1, at position 1: no '->' between
                    -> x                     | -> x        | entry 1, at position 1: no topic pattern before
                    a -> x; b ->             | b ->        | entry 2, at position 5: the template is empty.
                    a -> x..y                | a -> x..y   | entry 1, at position 8: a dot that leaves an empty token.
                    a -> x, y                | a -> x, y   | entry 1, at position 8: a blank,
                    a -> x; b -> ${nothing}  | b -> ${nothing} | entry 2, at position 6: unknown variable 'nothing'.
                    a -> $JS.API             | a -> $JS.API | entry 1, at position 6: it begins with $, which NATS
                    a -> ${key:-_INBOX}      | a -> ${key:-_INBOX} | entry 1, at position 13: it begins with _INBOX,
                    a -> x; b[ -> y          | b[ -> y     | entry 2, at position 2: the pattern 'b[' is invalid:
                    (a -> x                  | (a -> x     | entry 1, at position 3: the pattern '(a' is invalid:
                    a) -> x                  | a) -> x     | entry 1, at position 1: the pattern 'a)' is invalid:
                    """)
    void anErrorNamesTheEntry(String text, String entry, String reason) {
        assertThrown(ConfigException.class, () -> mapper("all", text, null))
                .hasMessageStartingWith(
                        "[JS-1001] Invalid value " + entry + " for configuration subject.routes: " + reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {";", " ", "\n;\r\n", ""})
    void noEntryIsAConfigError(String text) {
        assertThrown(ConfigException.class, () -> mapper("all", text, null))
                .hasMessageContaining("for configuration subject.routes: it contains no 'pattern -> template'");
    }

    @Test
    void aTemplateThatNoRecordCanFillIsAConfigError() {
        assertThrown(ConfigException.class, () -> mapper("all", "a -> " + "x".repeat(1025), null))
                .hasMessageContaining(
                        "for configuration subject.routes: entry 1, every subject would have at least 1025");
    }

    @Test
    void aRejectionNamesTheKey() {
        TemplateSubjectMapper subjects = mapper("x.${key}", "a -> y.${key}; b -> z.${topic}" + ".z".repeat(30), null);

        assertRejected(() -> subjects.subjectFor(at("a", 0, null)))
                .hasMessageContaining("${key} in subject.routes requires one: change subject.routes");
        assertRejected(() -> subjects.subjectFor(at("a", 0, "k".repeat(2000))), "change subject.routes.");
        assertRejected(() -> subjects.subjectFor(at("b.b", 0, null)
                        .newRecord("b", 0, null, List.of(), null, 1, 0L)
                        .newRecord("c", 0, null, null, null, 1, 0L)))
                .hasMessageContaining("${key} in subject requires one: change subject,");
    }

    @ParameterizedTest
    @CsvSource({".*a.*a.*a.*, 240", ".*a.*a.*a.*, 10000", "(a+)+(b?)\\2, 40"})
    void aTopicThatNeedsTooManyStepsIsRejected(String pattern, int length) {
        TemplateSubjectMapper subjects = mapper("all.${key}", "x -> x;" + pattern + " -> y; b -> b", null);
        SinkRecord hostile = at("a".repeat(length) + "\n", 0, "k");

        assertRejected(() -> subjects.subjectFor(hostile))
                .hasMessage("The pattern '" + pattern + "' in subject.routes needs too many steps to match the name of"
                        + " the record's topic: change subject.routes so that no repetition in the pattern contains"
                        + " another one of the same characters.");
        assertThat(subjects.subjectFor(at("b", 0, "k"))).isEqualTo("b");
    }

    @Test
    void anAbortedMatchIsRemembered() {
        TemplateSubjectMapper subjects = mapper("all.${key}", ".*a.*a.*a.* -> y", null);
        SinkRecord hostile = at("a".repeat(240) + "\n", 0, "k");

        long begin = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            assertRejected(() -> subjects.subjectFor(hostile));
        }
        // Without the memory, each record would need a million steps.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
    }

    @Test
    void filtersAreThoseOfAllTemplates() {
        assertThat(mapper("orders.${key}", "a -> audit.${topic}; b -> orders.fixed; c -> orders.c", null)
                        .subjects())
                .containsExactly("orders.*", "audit.>");
        assertThat(mapper("a.b", "x -> a.${key}; y -> ${topic}", null).subjects())
                .containsExactly(">");
        assertThat(SubjectTemplates.routeFilters("x -> a.${key}; y -> b", null)).containsExactly("a.*", "b");
    }
}
