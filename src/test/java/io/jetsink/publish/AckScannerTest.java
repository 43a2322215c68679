package io.jetsink.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckScannerTest {
    private final AckScanner scanner = new AckScanner();

    @Test
    void knowsNothingBeforeTheFirstAck() {
        assertThat(isAck("{\"stream\":\"ORDERS\",\"seq\":1}")).isFalse();
    }

    @Test
    void knowsAcksOfTheSameStream() {
        learn("{\"stream\":\"ORDERS\", \"domain\":\"hub\", \"seq\":9}");

        assertThat(isAck("{\"stream\":\"ORDERS\", \"domain\":\"hub\", \"seq\":1}"))
                .isTrue();
        assertThat(isAck("{\"stream\":\"ORDERS\", \"domain\":\"hub\", \"seq\":9007199254740992}"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ok",
                "{\"stream\":\"ORDERS\",\"seq\":}",
                "{\"stream\":\"ORDERS\",\"seq\":0}",
                "{\"stream\":\"ORDERS\",\"seq\":-1}",
                "{\"stream\":\"ORDERS\",\"seq\":1.5}",
                "{\"stream\":\"ORDERS\",\"seq\":1e5}",
                "{\"stream\":\"ORDERS\",\"seq\":007}",
                "{\"stream\":\"ORDERS\",\"seq\":1",
                "{\"stream\":\"ORDERS\",\"seq\":1,\"duplicate\":true}",
                "{\"stream\":\"ORDERS\",\"seq\":9007199254740993}",
                "{\"stream\":\"ORDERS\",\"seq\":18446744073709551615}",
                "{\"stream\":\"OTHER1\",\"seq\":1}",
                "{\"stream\":\"ORDERS\", \"seq\":1}"
            })
    void leavesAllElseToBeReadInFull(String answer) {
        learn("{\"stream\":\"ORDERS\",\"seq\":123}");

        assertThat(isAck(answer)).isFalse();
    }

    @Test
    void learnsNothingThatDoesNotEndInANumber() {
        learn("{\"seq\":7,\"stream\":\"ORDERS\"}");
        learn("{\"stream\":\"ORDERS\",\"seq\":7 }");

        assertThat(isAck("{\"seq\":7,\"stream\":\"ORDERS\"}")).isFalse();
    }

    private void learn(String ack) {
        scanner.learn(ack.getBytes(UTF_8));
    }

    private boolean isAck(String answer) {
        return scanner.isAck(answer.getBytes(UTF_8));
    }
}
