package io.jetsink.translate.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.support.EncodedText;
import io.nats.client.impl.Headers;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderEncodingTest {
    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "content-type,content-type",
                "!#$&'*+-.^_`|~\",!#$&'*+-.^_`|~\"",
                "a b,a%20b",
                "a:b,a%3Ab",
                "a%20b,a%2520b",
                "100%,100%25",
                "é,%C3%A9",
                "日本,%E6%97%A5%E6%9C%AC",
                "😀,%F0%9F%98%80",
            })
    void aNameIsEncodedWhereNatsCannotCarryIt(String name, String expected) {
        assertThat(HeaderEncoding.name(name)).isEqualTo(expected);
    }

    @Test
    void controlCharactersOfNamesAreEncoded() {
        assertThat(HeaderEncoding.name("a\r\nb\0\u007f")).isEqualTo("a%0D%0Ab%00%7F");
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            emptyValue = "",
            value = {
                "'',''",
                "plain,plain",
                "two words,two words",
                "50% of \"it\",50% of \"it\"",
                "a%20b,a%20b",
                " led,%20led",
                "trailed ,trailed%20",
                "' ',%20",
                "é,%C3%A9",
                "100% é,100%25%20%C3%A9",
                "menu \"é\",menu%20%22%C3%A9%22",
                "😀,%F0%9F%98%80",
            })
    void aValueIsEncodedAsAWholeWhereItWouldNotArrive(String value, String expected) {
        assertThat(HeaderEncoding.value(value)).isEqualTo(expected);
        assertThat(HeaderEncoding.value(value.getBytes(UTF_8))).isEqualTo(expected);
        assertThat(HeaderEncoding.survives(value)).isEqualTo(value.equals(expected));
    }

    @Test
    void aValueCannotAddALine() {
        assertThat(HeaderEncoding.value("x\r\nNats-Rollup: all\r\n\r\n"))
                .isEqualTo("x%0D%0ANats-Rollup:%20all%0D%0A%0D%0A");
        assertThat(HeaderEncoding.value("a\nb")).isEqualTo("a%0Ab");
        assertThat(HeaderEncoding.value("a\0b\t")).isEqualTo("a%00b%09");
    }

    @Test
    void bytesThatAreNoTextAreEncodedAsTheyAre() {
        assertThat(HeaderEncoding.value(new byte[] {0, (byte) 0xFF, 'a', ' ', (byte) 0xC3, 0x28}))
                .isEqualTo("%00%FFa%20%C3(");
    }

    @Test
    void halvesOfSurrogatePairsStayApart() {
        assertThat(HeaderEncoding.value("\ud800")).isEqualTo("%ED%A0%80");
        assertThat(HeaderEncoding.value("\ud801")).isEqualTo("%ED%A0%81");
        assertThat(HeaderEncoding.name("\udc00?")).isEqualTo("%ED%B0%80?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a%20b", "a\"b", "é", "%C3%A9"})
    void noTwoWordsBecomeOne(String text) {
        String word = HeaderEncoding.word(text);

        assertThat(word).matches("[!-~]*");
        assertThat(new String(EncodedText.decode(word, '%'), UTF_8)).isEqualTo(text);
    }

    /** Names that a record can have: jnats takes what becomes of them, and it decodes back. */
    @Test
    void anyNameArrivesAndComesBack() {
        Random random = new Random(4);
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            String name = random(random);
            String encoded = HeaderEncoding.name(name);
            new Headers().add(encoded, HeaderEncoding.value(name));
            assertThat(names.putIfAbsent(encoded, name)).isIn(null, name);
            // Half a surrogate pair has no UTF-8 to come back from.
            if (UTF_8.newEncoder().canEncode(name)) {
                assertThat(new String(EncodedText.decode(encoded, '%'), UTF_8)).isEqualTo(name);
            }
        }
    }

    private static String random(Random random) {
        int length = 1 + random.nextInt(8);
        char[] chars = new char[length];
        String special = "%: \r\n\0\t\u007f\"é\u00a0\u2028\ud83d\ude00a";
        for (int i = 0; i < length; i++) {
            chars[i] = random.nextInt(3) == 0
                    ? (char) random.nextInt(0x10000)
                    : special.charAt(random.nextInt(special.length()));
        }
        return new String(chars);
    }
}
