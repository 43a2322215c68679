package io.jetsink.translate;

import static io.jetsink.support.Thrown.assertRejected;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderBlockTest {
    private final HeaderBlock block = new HeaderBlock();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Nats-Msg-Id",
                "nats-msg-id",
                "NATS-ROLLUP",
                "Nats-Expected-Last-Sequence",
                "Nats-TTL",
                "Nats-Trace-Dest",
                "Nats-Trace-Only",
                "Nats-Batch-Id",
                "Nats-Batch-Commit",
                "Nats-Schedule",
                "Nats-Schedule-Target",
                "Nats-Incr",
                "Nats-Request-Info",
                "Nats-Marker-Reason",
                "Nats-Stream-Source",
                "Nats-",
                "Nats-Of-A-Later-Version",
                "Status",
                "status",
                "Description",
                "KV-Operation",
                "kv-operation",
                ""
            })
    void namesThatAreCommandsAreLeftOutAndCounted(String name) {
        block.add(name, "all");
        block.add(name, "all".getBytes(UTF_8));
        block.set(name, "all");

        assertThat(block.build()).isNull();
        assertThat(block.dropped()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Nats", "NatsMsgId", "X-Nats-Msg-Id", "Status-Code", "Kafka-Topic", "natural"})
    void namesThatOnlyResembleThemTravel(String name) {
        block.add(name, "1");

        assertThat(HeaderLines.of(block.build())).containsExactly(name + ":1");
        assertThat(block.dropped()).isZero();
    }

    /** What a reader decodes is what the guard has to look at: an encoded name is none of the server's. */
    @Test
    void aCommandIsNoCommandWhenItIsEncoded() {
        block.add("Nats-Msg\u00ad-Id", "1");
        block.add("\u00a0Nats-Msg-Id", "1");
        block.add(" Nats-Msg-Id", "1");

        assertThat(HeaderLines.of(block.build())).containsExactly("%20Nats-Msg-Id:1", "%C2%A0Nats-Msg-Id:1");
        assertThat(block.dropped()).isEqualTo(1);
    }

    @Test
    void valuesOfOneNameKeepTheirOrder() {
        block.add("a", "1");
        block.add("b", "x");
        block.add("a", "é".getBytes(UTF_8));
        block.add("a", "");
        block.add("a", "1");

        assertThat(HeaderLines.of(block.build())).containsExactly("a:1", "a:%C3%A9", "a:", "a:1", "b:x");
    }

    @Test
    void settingReplacesWhatWasAdded() {
        block.add("a", "1");
        block.add("a", "2");
        block.set("a", "3");

        assertThat(HeaderLines.of(block.build())).containsExactly("a:3");
    }

    @Test
    void everyMessageBeginsWithoutHeaders() {
        block.add("a", "1");
        block.add("Status", "1");
        assertThat(block.build()).isNotNull();

        block.clear();

        assertThat(block.build()).isNull();
        assertThat(block.dropped()).isEqualTo(1);
    }

    @Test
    void moreThanAServerTakesIsRejected() {
        int frame = "NATS/1.0\r\na:\r\n\r\n".length();
        block.add("a", "x".repeat(0xFFFF - frame));
        assertThatCode(block::build).doesNotThrowAnyException();

        block.set("a", "x".repeat(0xFFFF - frame + 1));

        assertRejected(block::build, "65536 bytes, and 65535 are allowed", "headers.exclude");
    }
}
