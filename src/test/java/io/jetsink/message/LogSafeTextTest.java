package io.jetsink.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogSafeTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "é 日本 🙂", "\\u000A", "\"quoted\" %0A"})
    void whatIsPlainStaysAsItIs(String text) {
        assertThat(LogSafeText.of(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @MethodSource("odd")
    void nothingMovesTheCursorOrBeginsALine(String odd, String shown) {
        assertThat(LogSafeText.of("a" + odd + "b" + odd)).isEqualTo("a" + shown + "b" + shown);
    }

    private static String[][] odd() {
        return new String[][] {
            {"\n", "\\u000A"},
            {"\r\n[ERROR] ", "\\u000D\\u000A[ERROR] "},
            {"\u001b[31m", "\\u001B[31m"},
            {"\0", "\\u0000"},
            {"\u0085", "\\u0085"},
            {"\u2028", "\\u2028"},
            {"\u2029", "\\u2029"},
            {"\u202e", "\\u202E"},
            {"\ud83d", "\\uD83D"},
            {"\ue000", "\\uE000"},
            {new String(Character.toChars(0xE0041)), "\\uDB40\\uDC41"},
        };
    }

    @Test
    void isCutTo128CharactersOfTheOriginal() {
        assertThat(LogSafeText.of("x".repeat(128))).isEqualTo("x".repeat(128));
        assertThat(LogSafeText.of("x".repeat(129))).isEqualTo("x".repeat(128) + "...");
        assertThat(LogSafeText.of("\n".repeat(10_000_000))).isEqualTo("\\u000A".repeat(128) + "...");
        assertThat(LogSafeText.of("x".repeat(20), 10)).isEqualTo("x".repeat(10) + "...");
    }

    @Test
    void aPairThatIsCutInTwoIsEscaped() {
        assertThat(LogSafeText.of("x".repeat(127) + "🙂")).isEqualTo("x".repeat(127) + "\\uD83D...");
    }
}
