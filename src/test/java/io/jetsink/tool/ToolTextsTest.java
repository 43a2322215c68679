package io.jetsink.tool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.config.PublishSettings;
import io.jetsink.config.SinkConfig;
import io.jetsink.message.ErrorCode;
import io.jetsink.tool.compare.Count;
import io.jetsink.tool.compare.PartitionTally;
import io.jetsink.tool.compare.RecordLog;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command shows to people. */
final class ToolTextsTest {
    @Test
    void aMessageOfTheConnectorHasItsCode() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(Finding.code(code.text("text"))).isEqualTo(code);
            assertThat(new Finding("key", code.text("text")).json().path("code").asText())
                    .isEqualTo(code.id());
        }
        assertThat(Finding.code("Missing required configuration \"topics\"")).isNull();
        assertThat(new Finding("key", "text").json().path("code").isNull()).isTrue();
    }

    @Test
    void secretsAreHiddenAndOtherWordsAreNot() {
        Secrets secrets = new Secrets();
        secrets.add("all");
        secrets.add("long-secret");
        secrets.add("long-secret-2");

        assertThat(secrets.hide("allow all, (all) x.all=all-in"))
                .isEqualTo("allow [hidden], ([hidden]) x.[hidden]=all-in");
        assertThat(secrets.hide("xlong-secret-2y long-secrets")).isEqualTo("x[hidden]y [hidden]s");
    }

    @Test
    void payloadsAreOneLine() {
        assertThat(PayloadText.of("a\nb".getBytes(UTF_8)).shown()).isEqualTo("a\\u000Ab");
        assertThat(PayloadText.of(new byte[0]).shown()).isEqualTo("(no payload)");
        assertThat(PayloadText.of(new byte[] {(byte) 0xc3}).shown()).isEqualTo("0xc3");
        assertThat(PayloadText.of("\u20ac".repeat(200).getBytes(UTF_8)).truncated())
                .isFalse();
        assertThat(PayloadText.of("\u20ac".repeat(201).getBytes(UTF_8)).shown())
                .isEqualTo("\u20ac".repeat(200) + "... (603 bytes)");
        byte[] binary = new byte[101];
        binary[0] = (byte) 0xff;
        assertThat(PayloadText.of(binary).shown()).isEqualTo("0xff" + "00".repeat(99) + "... (101 bytes)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "best-effort   | auto  | ''",
                "at-least-once | auto  | 1 missing",
                "at-least-once | async | 1 missing",
                "at-least-once | fast  | 1 missing, 3 out of order",
                "at-least-once | sync  | 1 missing, 3 out of order",
                "exactly-once  | auto  | 1 missing, 2 duplicates, 3 out of order",
            })
    void aPromiseIsThatOfTheGuarantee(String guarantee, String mode, String broken) {
        PublishSettings settings = SinkConfig.parse(Map.of(
                        "nats.servers", "nats://127.0.0.1:4222",
                        "delivery.guarantee", guarantee,
                        "publish.mode", mode))
                .publish();
        PartitionTally tally = new RecordLog().begin(new TopicPartition("t", 0));
        tally.add(Count.FOREIGN, 4);

        assertThat(Promise.of(settings, tally).broken()).isEmpty();
        assertThat(Promise.of(settings, tally).line()).startsWith("kept: " + guarantee + " promises ");

        tally.add(Count.MISSING, 1);
        tally.add(Count.DUPLICATES, 2);
        tally.add(Count.OUT_OF_ORDER, 3);
        assertThat(String.join(", ", Promise.of(settings, tally).broken())).isEqualTo(broken);
    }

    @Test
    void aBarIsDrawnOnceForEachPercent() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Progress progress = new Progress(new PrintStream(out, true, UTF_8), true);
        for (int i = 0; i <= 1000; i++) {
            progress.show("Topics", i, 1000);
        }

        assertThat(out.toString(UTF_8)).endsWith("[" + "=".repeat(30) + "] 100%" + System.lineSeparator());
        // Each begins with a return to the beginning of the line.
        assertThat(out.toString(UTF_8).split("\r")).hasSize(102);
        assertThat(out.toString(UTF_8)).contains("Topics         [===============               ]  50%");
    }

    @Test
    void thereIsNoBarWithoutATerminal() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        new Progress(new PrintStream(out, true, UTF_8)).show("Topics", 1, 2);

        assertThat(out.toString(UTF_8)).isEmpty();
    }
}
