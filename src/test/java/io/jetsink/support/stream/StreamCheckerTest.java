package io.jetsink.support.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamCheckerTest {
    @Test
    void readsTheNumbersFromTheFrontOfAValue() {
        assertThat(position("3:120045:xxxx")).isEqualTo(new StreamPosition(3, 120_045));
        assertThat(position("0:0:")).isEqualTo(new StreamPosition(0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "3", "3:", "3:4", ":4:", "3::", "a:4:", "3:4x:", "-1:4:", "3:12345678901:"})
    void knowsAValueThatNobodyProduced(String value) {
        assertThat(position(value)).isNull();
    }

    private static StreamPosition position(String value) {
        return StreamChecker.position(value.getBytes(StandardCharsets.UTF_8));
    }
}
