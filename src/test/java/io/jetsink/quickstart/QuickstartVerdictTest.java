package io.jetsink.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamReport;
import io.jetsink.support.stream.StreamTally;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QuickstartVerdictTest {
    private static final List<Duration> LATENCIES = LongStream.rangeClosed(1, 200)
            .mapToObj(i -> Duration.ofMillis(201 - i))
            .toList();

    @Test
    void isGoodOnlyIfAllIsDeliveredOnceInOrderAndCommitted() {
        assertThat(verdict(2, report(0, 1), true).good()).isTrue();
        assertThat(verdict(2, report(0, 1), false).good()).isFalse();
        assertThat(verdict(3, report(0, 1), true).good()).isFalse();
        assertThat(verdict(2, report(1, 0), true).good()).isFalse();
        assertThat(verdict(2, report(0, 0, 1), true).good()).isFalse();
        assertThat(verdict(2, report(0), true).good()).isFalse();
    }

    @Test
    void takesPercentilesByNearestRank() {
        QuickstartVerdict verdict = verdict(2, report(0, 1), true);

        assertThat(verdict.percentile(50)).isEqualTo(Duration.ofMillis(100));
        assertThat(verdict.percentile(99)).isEqualTo(Duration.ofMillis(198));
        assertThat(verdict.percentile(100)).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void aKeptRunNamesItsLogAndItsConfiguration() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        QuickstartConsole console = new QuickstartConsole(new PrintStream(output, true, StandardCharsets.UTF_8), false);

        new QuickstartKept(
                        "k:9092", "http://c:8083", "nats://n", Path.of("/t/worker.log"), Path.of("/t/quickstart.json"))
                .print(console);

        assertThat(output.toString(StandardCharsets.UTF_8).lines())
                .endsWith("  Log          /t/worker.log", "  Connector    /t/quickstart.json");
    }

    @Test
    void tellsWhatIsWrong() {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        QuickstartConsole console = new QuickstartConsole(new PrintStream(output, true, StandardCharsets.UTF_8), false);

        verdict(2, report(0, 0), true).print(console);

        assertThat(output.toString(StandardCharsets.UTF_8))
                .containsPattern("delivered +1 of 2")
                .containsPattern("lost +1")
                .containsPattern("duplicated +1")
                .contains("p50 100.0 ms, p99 198.0 ms")
                .contains("FAILED")
                .doesNotContain("OK:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "many", "1e6", "5000001", "99999999999"})
    void refusesANumberOfRecordsThatIsNone(String text) {
        assertThatThrownBy(() -> QuickstartSettings.records(text)).hasMessageContaining("-Dquickstart.records=" + text);
    }

    private static QuickstartVerdict verdict(int expected, StreamReport report, boolean committed) {
        return new QuickstartVerdict(expected, report, committed, 1_000, LATENCIES, 1_000);
    }

    private static StreamReport report(long... stored) {
        StreamTally tally = new StreamTally();
        long streamSequence = 1;
        for (long sequence : stored) {
            tally.add(new StreamEntry(0, sequence, streamSequence++, Instant.EPOCH));
        }
        return tally.report(List.of(2L));
    }
}
