package io.jetsink.translate.subject;

import static io.jetsink.support.Thrown.assertRejected;
import static io.jetsink.support.Thrown.assertThrown;
import static io.jetsink.translate.Records.at;
import static io.jetsink.translate.Records.withKey;
import static io.jetsink.translate.subject.Subjects.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.OutboundMessage;
import io.jetsink.support.Translations;
import io.jetsink.translate.RecordTranslator;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With {@code target=kv} a template makes the key within the bucket. */
class BucketKeysTest {

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
                    ${key},             plain-Key_09, plain-Key_09
                    ${key},             a.b,          a=2Eb
                    ${key},             a=b,          a=3Db
                    ${key},             a%b,          a=25b
                    ${key},             a/b,          a=2Fb
                    ${key},             *,            =2A
                    ${key},             $JS.API.X,    =24JS=2EAPI=2EX
                    ${key},             \u00e9,       =C3=A9
                    orders/${key}=x._,  7,            orders/7=x._
                    x.${topic}.${key},  k,            x.shop.orders.k
                    ${topic:token},     k,            shop=2Eorders
                    ${header.none:-a/b=c.d}, k,       a/b=c.d
                    a._kv.${key},       k,            a._kv.k
                    _k.${key},          k,            _k.k
                    """)
    void aTemplateMakesTheKeyBehindTheBucketsPrefix(String template, String key, String expected) {
        assertThat(keys(template).subjectFor(at("shop.orders", 3, key))).isEqualTo("$KV.customers." + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a:${key}       | position 2: a ':'
                    a%20           | position 2: a '%'
                    a!             | position 2: a '!'
                    a.*            | position 3: a '*'
                    $KV.b.${key}   | position 1: a '$'
                    ${key:-a!}     | position 9: a '!'
                    a..b           | position 3: a dot that leaves an empty token
                    _kv.${key}     | position 1: it begins with _kv, which NATS reserves
                    ${key:-_kv}    | position 8: it begins with _kv, which NATS reserves
                    """)
    void whatKeysMayNotHoldIsAConfigError(String template, String reason) {
        assertThrown(ConfigException.class, () -> keys(template))
                .hasMessageContaining("letters, digits, '-', '_', '=' and '/', in tokens separated by single dots.")
                .hasMessageStartingWith(
                        "[JS-1001] Invalid value " + template + " for configuration subject: at " + reason + ".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"_kv", "_kvs", "_kv-x"})
    void aKeyThatNatsKeepsForItselfIsRejected(String key) {
        assertRejected(() -> keys("${key}").subjectFor(withKey(key)))
                .hasMessageContainingAll(
                        "would begin with $KV.customers._kv, which NATS reserves",
                        "begin the template in subject with text and a dot");
    }

    @Test
    void keyAndPrefixCountTogether() {
        String prefix = "$KV.customers.";

        assertThat(keys("${key}").subjectFor(withKey("k".repeat(1024 - prefix.length()))))
                .hasSize(1024);
        assertRejected(() -> keys("${key}").subjectFor(withKey("k".repeat(1025 - prefix.length()))))
                .hasMessageContaining("longer than 1024 bytes");
        assertThrown(ConfigException.class, () -> keys("a".repeat(1024 - prefix.length()) + "${key}"))
                .hasMessageContaining("at least 1025 bytes and 3 tokens");
        assertThrown(ConfigException.class, () -> keys("a.".repeat(30) + "${key}"))
                .hasMessageContaining("and 33 tokens");
    }

    @Test
    void aBucketTakesAllOfItsKeys() {
        assertThat(mapper("x.${key}", "a -> y", "customers").subjects()).containsExactly("$KV.customers.>");
    }

    @Test
    void routesMakeKeysToo() {
        TemplateSubjectMapper keys = mapper("${key}", "a.* -> a/${key}", "customers");

        assertThat(keys.subjectFor(at("abc", 0, "k."))).isEqualTo("$KV.customers.a/k=2E");
        assertThat(keys.subjectFor(at("b", 0, "k."))).isEqualTo("$KV.customers.k=2E");
        assertThrown(ConfigException.class, () -> mapper("${key}", "a.* -> a:b", "customers"))
                .hasMessageStartingWith(
                        "[JS-1001] Invalid value a.* -> a:b for configuration subject.routes: entry 1, at position 9");
    }

    @Test
    void theTargetDecides() {
        RecordTranslator translator =
                new RecordTranslator(Translations.of("target", "kv", "kv.bucket", "customers"), "customers");

        OutboundMessage message =
                Objects.requireNonNull(translator.translate(new SinkRecord("t", 0, null, "a.b", null, "v", 7)));

        assertThat(message.subject()).isEqualTo("$KV.customers.a=2Eb");
        assertThat(translator.subjectFilters()).containsExactly("$KV.customers.>");
    }

    private static TemplateSubjectMapper keys(String template) {
        return mapper(template, null, "customers");
    }
}
