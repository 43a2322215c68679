package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.support.Thrown.assertThrown;
import static io.jetsink.translate.Records.withKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.spi.SubjectMapper;
import io.jetsink.translate.subject.SubjectRules;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The subjects and keys of a plug-in follow the rules for all subjects and keys. */
class GuardedSubjectMapperTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b.c", "a$b.{c}!", "x._INBOX", "%2E"})
    void whatIsAValidSubjectPasses(String subject) {
        assertThat(guarded(null, subject).subjectFor(withKey("k"))).isEqualTo(subject);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
                    "",              is missing
                    $JS.API.X,       begins with $
                    _INBOX.x,        begins with _INBOX
                    _R_.x,           begins with _R_
                    _GR_.x,          begins with _GR_
                    a.*,             a wildcard
                    a.b*,            a wildcard
                    >,               a wildcard
                    a..b,            an empty token
                    .a,              an empty token
                    a.,              an empty token
                    a b,             a blank
                    a\tb,            a blank
                    "a\r\nPUB x 0",  a blank
                    caf\u00e9,       or non-ASCII
                    """)
    void anInvalidSubjectIsRejectedAndNotQuoted(String subject, String reason) {
        assertRejected(() -> guarded(null, subject).subjectFor(withKey("k")), reason)
                .hasMessageStartingWith("subject.mapper: the subject ");
        assertRejected(() -> guarded(null, subject + "secret ").subjectFor(withKey("k")))
                .hasMessageNotContaining("secret");
    }

    @Test
    void whatIsTooLongIsRejected() {
        assertThat(guarded(null, "a".repeat(1024)).subjectFor(withKey("k"))).hasSize(1024);
        assertThatThrownBy(() -> guarded(null, "a".repeat(1025)).subjectFor(withKey("k")))
                .hasMessageContaining("longer than 1024 bytes");
        assertThat(guarded(null, "a" + ".a".repeat(31)).subjectFor(withKey("k")))
                .hasSize(63);
        assertThatThrownBy(() -> guarded(null, "a" + ".a".repeat(32)).subjectFor(withKey("k")))
                .hasMessageContaining("more than 32 tokens");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a.b", "A-z_0/x=41"})
    void aKeyOfABucketGetsItsPlace(String key) {
        assertThat(guarded("b", key).subjectFor(withKey("k"))).isEqualTo("$KV.b." + key);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
                    "",      is missing
                    _kv,     begins with _kv
                    _kvx.a,  begins with _kv
                    $KV.b.a, is a bucket key with a '$'
                    a%41,    is a bucket key with a '%'
                    a:b,     is a bucket key with a ':'
                    a.*,     a wildcard
                    a..b,    an empty token
                    a b,     a blank
                    """)
    void anInvalidKeyIsRejected(String key, String reason) {
        assertRejected(() -> guarded("b", key).subjectFor(withKey("k")), reason)
                .hasMessageStartingWith("subject.mapper: the subject ");
    }

    @Test
    void keyAndPrefixCountTogether() {
        assertThat(guarded("b", "a".repeat(1018)).subjectFor(withKey("k"))).hasSize(1024);
        assertThatThrownBy(() -> guarded("b", "a".repeat(1019)).subjectFor(withKey("k")))
                .hasMessageContaining("longer than 1018 bytes");
        assertThat(guarded("b", "a" + ".a".repeat(29)).subjectFor(withKey("k"))).hasSize(65);
        assertThatThrownBy(() -> guarded("b", "a" + ".a".repeat(30)).subjectFor(withKey("k")))
                .hasMessageContaining("more than 30 tokens");
    }

    @Test
    void nullIsRejected() {
        SubjectMapper nothing = new Own(null, List.of(">"));

        assertRejected(() -> guarded(null, nothing).subjectFor(withKey("k")))
                .hasMessage("subject.mapper: the subject is missing: correct " + Own.class.getName() + ".");
    }

    @Test
    void whatItThrowsIsAVerdict() {
        assertRejected(() -> throwing(new DataException("no region")).subjectFor(withKey("k")))
                .hasMessage("subject.mapper: no region");
        assertRejected(() -> throwing(new IllegalStateException("secret")).subjectFor(withKey("k")))
                .hasMessageContaining("threw java.lang.IllegalStateException")
                .hasMessageNotContaining("secret");
        RetriableException later = new RetriableException("not there");
        assertThatThrownBy(() -> throwing(later).subjectFor(withKey("k"))).isSameAs(later);
    }

    @ParameterizedTest
    @CsvSource({"orders.*; a.>, orders.*; a.>", ">; a.b, >", "a.b; a.*; a.b, a.*", "a.*; a.b, a.*"})
    void itsFiltersAreTakenWithoutThoseThatOthersCover(String given, String left) {
        assertThat(guarded(null, new Own("a", filters(given))).subjects()).containsExactlyElementsOf(filters(left));
    }

    @Test
    void aBucketTakesAllOfItsKeys() {
        assertThat(guarded("b", new Own("a", List.of("a.*", "b"))).subjects()).containsExactly("$KV.b.>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a..b", ".", "a b", "a*", "a.>.b", "a.b>", "caf\u00e9"})
    void invalidFiltersAreAConfigError(String filter) {
        SubjectMapper mapper = guarded(null, new Own("a", Arrays.asList("fine", filter)));

        assertThrown(ConfigException.class, mapper::subjects)
                .hasMessageStartingWith(
                        "[JS-1004] subject.mapper: " + Own.class.getName() + " returns no subject filters");
    }

    @Test
    void noFiltersAreAConfigError() {
        for (List<@Nullable String> none : Arrays.asList(null, List.<@Nullable String>of(), Arrays.asList("a", null))) {
            assertThrown(
                            ConfigException.class,
                            () -> guarded(null, new Own("a", none)).subjects())
                    .hasMessageStartingWith("[JS-1004] subject.mapper: ");
        }
    }

    private static List<String> filters(String text) {
        return List.of(text.split("; "));
    }

    private static GuardedSubjectMapper guarded(@Nullable String bucket, String subject) {
        return guarded(bucket, new Own(subject, List.of(">")));
    }

    private static GuardedSubjectMapper guarded(@Nullable String bucket, SubjectMapper own) {
        return new GuardedSubjectMapper("subject.mapper", own, SubjectRules.of(bucket));
    }

    private static GuardedSubjectMapper throwing(RuntimeException thrown) {
        return guarded(null, record -> {
            throw thrown;
        });
    }

    /** A class of a user's, which need not keep what the interface asks for. */
    @SuppressWarnings("NullAway")
    private record Own(@Nullable String subject, @Nullable List<@Nullable String> filters) implements SubjectMapper {
        @Override
        public String subjectFor(SinkRecord record) {
            return subject;
        }

        @Override
        public List<String> subjects() {
            return filters;
        }
    }
}
