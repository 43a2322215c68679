package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkRateTest {
    private static final long MOST = 32L << 20;
    private static final int LEAST_MESSAGES = 4_096;
    private static final int MOST_MESSAGES = 65_536;

    private final LinkRate rate = new LinkRate(MOST, LEAST_MESSAGES, MOST_MESSAGES);

    @Test
    void expectsAThinLinkBeforeAnythingIsMeasured() {
        assertThat(rate.window()).isEqualTo(256 << 10);
        assertThat(rate.transit(64_000)).isEqualTo(Duration.ofSeconds(1));
        assertThat(rate.transit(0)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1000,1000", "262144,262144", "1000000,262144"})
    void neverOpensAWindowBeyondWhatIsConfigured(long most, long first) {
        LinkRate small = new LinkRate(most, LEAST_MESSAGES, MOST_MESSAGES);
        assertThat(small.window()).isEqualTo(first);

        run(small, 1e9, 0.001, 20);
        assertThat(small.window()).isEqualTo(most);

        for (int i = 0; i < 100; i++) {
            small.timedOut();
        }
        assertThat(small.window()).isBetween(1L, most);
    }

    @Test
    void opensTheWholeWindowOnAFastLinkWithinEightRoundTrips() {
        run(rate, 1e9, 0.001, 8);

        assertThat(rate.window()).isEqualTo(MOST);
        assertThat(rate.transit(MOST)).isLessThan(Duration.ofMillis(500));
    }

    @ParameterizedTest
    @CsvSource({"125000,0.01", "625000,0.01", "2500000,0.05", "125000,0.2"})
    void keepsAboutASecondOfAThinLinkQueued(double bytesPerSecond, double roundTrip) {
        run(rate, bytesPerSecond, roundTrip, 50);

        assertThat(rate.window() / bytesPerSecond).isBetween(0.5, 1.1);
        assertThat(rate.transit(rate.window())).isBetween(Duration.ofMillis(500), Duration.ofMillis(1_500));
    }

    @Test
    void opensTheWindowOnALongLinkThatIsFast() {
        run(rate, 1e9, 1.5, 12);

        assertThat(rate.window()).isEqualTo(MOST);
    }

    @Test
    void learnsThatTheWayHasBecomeLonger() {
        run(rate, 1e9, 0.001, 10);
        run(rate, 1e9, 2, 100);

        assertThat(rate.window()).isEqualTo(MOST);
    }

    @Test
    void adaptsToALinkThatBecomesThin() {
        run(rate, 1e9, 0.001, 10);
        run(rate, 125_000, 0.01, 10);

        assertThat(rate.window()).isBetween(60_000L, 140_000L);
        assertThat(rate.transit(900_000)).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(10));
    }

    @Test
    void keepsItsWindowWhileLittleIsSent() {
        for (int i = 0; i < 100; i++) {
            rate.acked(1_000, 1, 1_000_000);
        }

        assertThat(rate.window()).isEqualTo(256 << 10);
    }

    @Test
    void losesAtMostHalfByOneStall() {
        run(rate, 1e9, 0.001, 10);
        long before = rate.transit(MOST).toNanos();

        rate.acked(1_000, 1, Duration.ofSeconds(10).toNanos());

        assertThat(rate.window()).isEqualTo(MOST / 2);
        assertThat(rate.transit(MOST).toNanos()).isBetween(before, 2 * before + 1);
    }

    @Test
    void halvesWhenTimeIsOver() {
        run(rate, 1e9, 0.001, 10);
        long before = rate.transit(MOST).toNanos();

        rate.timedOut();

        assertThat(rate.window()).isEqualTo(MOST / 2);
        assertThat(rate.transit(MOST).toNanos()).isBetween(2 * before - 2, 2 * before + 2);
    }

    @Test
    void noticesADeadLinkInFiniteTimeHoweverOftenTimeWasOver() {
        for (int i = 0; i < 1_000; i++) {
            rate.timedOut();
        }

        assertThat(rate.transit(rate.window())).isLessThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(rate.transit(1 << 20)).isLessThanOrEqualTo(Duration.ofSeconds(33));
    }

    /** @param fits the messages that are in flight when the acks of a full window need two round trips */
    @ParameterizedTest
    @CsvSource({
        "0.0003, 300000, 4096",
        "0.01, 300000, 6000",
        "0.05, 200000, 20000",
        "0.1, 250000, 50000",
        "0.4, 300000, 65536",
        "0.4, 20000, 16000"
    })
    void keepsAsManyMessagesInFlightAsTheRoundTripNeeds(double roundTrip, double perSecond, int fits) {
        send(rate, roundTrip, perSecond, 20);

        assertThat((double) rate.messages()).isCloseTo(fits, withPercentage(5));
    }

    @Test
    void keepsFewerMessagesInFlightWhenTheServerSlowsDown() {
        send(rate, 0.1, 250_000, 20);
        send(rate, 0.1, 25_000, 20);
        assertThat((double) rate.messages()).isCloseTo(5_000, withPercentage(5));

        send(rate, 0.1, 250_000, 20);
        rate.timedOut();
        assertThat((double) rate.messages()).isCloseTo(25_000, withPercentage(5));
        for (int i = 0; i < 10; i++) {
            rate.overdue();
        }
        assertThat(rate.messages()).isEqualTo(LEAST_MESSAGES);
    }

    @Test
    void anOutageIsNoRoundTrip() {
        rate.acked(100, 1, Duration.ofMillis(10).toNanos());
        rate.acked(100, 1, Duration.ofSeconds(10).toNanos());

        assertThat(rate.roundTripNanos()).isLessThan(Duration.ofMillis(11).toNanos());
    }

    @Test
    void aLongerPathIsFollowed() {
        rate.acked(100, 1, Duration.ofMillis(1).toNanos());
        for (int i = 0; i < 200; i++) {
            rate.acked(100, 1, Duration.ofMillis(200).toNanos());
        }

        assertThat((double) rate.roundTripNanos()).isCloseTo(2e8, withPercentage(5));
    }

    @Test
    void aTrickleOpensNoWindow() {
        for (int i = 0; i < 100; i++) {
            rate.acked(100_000, 100, Duration.ofMillis(200).toNanos());
        }

        assertThat(rate.messages()).isEqualTo(LEAST_MESSAGES);
    }

    /** Full windows of messages, after a single one that shows the round trip. */
    private static void send(LinkRate rate, double roundTrip, double perSecond, int windows) {
        rate.acked(100, 1, (long) (roundTrip * 1e9));
        for (int i = 0; i < windows; i++) {
            int count = rate.messages();
            rate.acked(100L * count, count, (long) (Math.max(roundTrip, count / perSecond) * 1e9));
        }
    }

    @Test
    void ignoresSamplesWithoutBytesOrTime() {
        rate.acked(0, 1, 1_000);
        rate.acked(1_000, 1, 0);
        rate.acked(-1, 1, -1);

        assertThat(rate.window()).isEqualTo(256 << 10);
        assertThat(rate.transit(64_000)).isEqualTo(Duration.ofSeconds(1));
    }

    /** Full windows over a link, each after a single small message. */
    private static void run(LinkRate rate, double bytesPerSecond, double roundTrip, int windows) {
        for (int i = 0; i < windows; i++) {
            ack(rate, 1_000, bytesPerSecond, roundTrip);
            ack(rate, rate.window(), bytesPerSecond, roundTrip);
        }
    }

    private static void ack(LinkRate rate, long bytes, double bytesPerSecond, double roundTrip) {
        rate.acked(bytes, 1, (long) ((roundTrip + bytes / bytesPerSecond) * 1e9));
    }
}
