package io.jetsink.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AckMetricsTest {
    private final List<String> runs = new ArrayList<>();
    private final AckMetrics acks = new AckMetrics(new LatencyRecorder() {
        @Override
        public void begin(long now) {
            runs.add("at " + now);
        }

        @Override
        public void acked(long nanos, long messages) {
            runs.add(messages + " acked in " + nanos);
        }

        @Override
        public void stored(long timestamp, long messages) {
            runs.add(messages + " of " + timestamp);
        }
    });

    @Test
    void equalTimesAreRecordedOnce() {
        acks.begin(100);
        acks.acked(10, 40, 7);
        acks.acked(10, 40, 7);
        acks.acked(10, 60, 7);
        acks.acked(10, 60, 8);
        acks.end();
        acks.begin(200);
        acks.acked(10, 60, 8);
        acks.end();

        assertThat(runs)
                .containsExactly(
                        "at 100",
                        "2 acked in 60",
                        "3 of 7",
                        "2 acked in 40",
                        "1 of 8",
                        "at 200",
                        "1 acked in 140",
                        "1 of 8");
        assertThat(acks.messages()).isEqualTo(5);
        assertThat(acks.bytes()).isEqualTo(50);
    }

    @Test
    void anEmptyHarvestRecordsNothing() {
        acks.begin(1);
        acks.end();
        acks.begin(2);
        acks.end();

        assertThat(runs).containsExactly("at 1", "at 2");
    }

    @Test
    void theSumsAreThoseOfAllMessages() {
        long[] time = {0};
        Latencies latencies = new Latencies(() -> time[0], () -> 1_000 + time[0] / 1_000_000);
        AckMetrics real = new AckMetrics(latencies);
        Random random = new Random(3);
        long nanos = 0;
        long overFive = 0;
        long messages = 0;
        for (int harvest = 0; harvest < 200; harvest++) {
            time[0] += random.nextInt(20_000_000);
            real.begin(time[0]);
            for (int left = random.nextInt(50); left > 0; left--) {
                long sent = Math.max(0, time[0] - random.nextInt(3) * 5_000_000L);
                real.acked(1, sent, random.nextInt(4) - 1);
                nanos += time[0] - sent;
                overFive += time[0] - sent >= 5_000_000 ? 1 : 0;
                messages++;
            }
            real.end();
        }

        assertThat(latencies.ackNanos()).isEqualTo(nanos);
        assertThat(latencies.acksOver(5)).isEqualTo(overFive);
        assertThat(latencies.acks()).isEqualTo(messages).isEqualTo(real.messages());
    }

    @Test
    void recordsWithoutTimestampHaveNoEndToEndTime() {
        Latencies latencies = new Latencies(() -> 0, () -> 500);
        AckMetrics real = new AckMetrics(latencies);
        real.begin(0);
        real.acked(1, 0, -1);
        real.end();
        assertThat(latencies.endToEndMillis(1)).isZero();

        real.begin(0);
        real.acked(1, 0, 488);
        // The clock of the producer is ahead.
        real.acked(1, 0, 600);
        real.end();

        assertThat(latencies.endToEndMillis(1)).isEqualTo(12);
        assertThat(latencies.endToEndMillis(0.5)).isZero();
    }
}
