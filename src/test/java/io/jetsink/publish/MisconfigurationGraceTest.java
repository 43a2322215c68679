package io.jetsink.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.jetsink.message.ErrorCode;
import io.jetsink.nats.stream.MisconfiguredException;
import io.jetsink.nats.stream.MissingFlagException;
import io.jetsink.publish.FailureTriage.Verdict;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MisconfigurationGraceTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    /** It starts shortly before it overflows, as it may. */
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - SECOND.toNanos());

    private final MisconfigurationGrace patience = new MisconfigurationGrace(clock::get, GracePeriod.DEFAULT);

    @Test
    void whatIsDefiniteStopsAtOnce() {
        assertThat(patience.isOver(Verdict.STOP)).isTrue();
    }

    @Test
    void aMisconfigurationHasAMinuteAlsoAtTheStart() {
        refuseFor(59);

        pass(SECOND);

        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isTrue();
    }

    @Test
    void oneThatIsNewIsKnownAsSuchOnce() {
        patience.isOver(Verdict.MISCONFIGURED);
        assertThat(patience.hasBegun()).isTrue();
        patience.isOver(Verdict.RETRY);
        patience.isOver(Verdict.MISCONFIGURED);
        assertThat(patience.hasBegun()).isFalse();

        stored();
        patience.isOver(Verdict.MISCONFIGURED);
        assertThat(patience.hasBegun()).isTrue();
    }

    @Test
    void theMinuteBeginsAnewWhenSomethingWasStored() {
        refuseFor(59);
        stored();
        refuseFor(59);

        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
    }

    /** Which has no records to store, perhaps for weeks. */
    @Test
    void theMinuteBeginsAnewAfterAConnectionOfAMinute() {
        for (int week = 0; week < 100; week++) {
            refuseFor(59);
            assertThat(connectedFor(Duration.ofSeconds(60))).isTrue();
        }
    }

    @Test
    void refusedForAMomentAndAfterAnIdleHourForAnother() {
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
        pass(Duration.ofMillis(500));
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
        assertThat(connectedFor(HOUR)).isTrue();

        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
        pass(Duration.ofMillis(1_500));
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
    }

    @Test
    void aTaskThatHasStoredWaitsForAFlag() {
        Throwable missing = new MissingFlagException("stream ORDERS does not allow atomic batches");
        assertThat(patience.waitsFor(missing)).as("before anything was stored").isFalse();
        stored();

        for (int hour = 0; hour < 100; hour++) {
            assertThat(patience.waitsFor(missing)).isTrue();
            assertThat(patience.hasBegun()).isEqualTo(hour == 0);
            pass(HOUR);
        }
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
    }

    @Test
    void aTaskThatHasStoredWaitsForNothingElse() {
        stored();

        assertThat(patience.waitsFor(new MisconfiguredException(ErrorCode.STREAM_UNSUITABLE, "sealed")))
                .isFalse();
    }

    /** A connection below a minute does not prove health; 15 seconds of it count as an attempt. */
    @Test
    void aQuietConnectionCountsAsOneAttempt() {
        patience.isOver(Verdict.MISCONFIGURED);
        assertThat(connectedFor(Duration.ofSeconds(59))).isFalse();
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
        refuseFor(44);

        pass(SECOND);
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isTrue();
    }

    /** The subject belongs to another stream: the connection is good, and each epoch ends because of missing acks. */
    @Test
    void aMisconfigurationThatShowsInMissingAcksHasAMinuteToo() {
        patience.isOver(Verdict.MISCONFIGURED);
        for (int epoch = 0; epoch < 5; epoch++) {
            pass(Duration.ofSeconds(6));
            assertThat(connectedFor(Duration.ofSeconds(5))).isFalse();
            assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
        }

        pass(SECOND);
        assertThat(connectedFor(Duration.ofSeconds(5))).isFalse();
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Verdict.class,
            names = {"STOP", "MISCONFIGURED"},
            mode = EnumSource.Mode.EXCLUDE)
    void anOutageLastsAsLongAsItDoes(Verdict verdict) {
        for (int hour = 0; hour < 100; hour++) {
            assertThat(patience.isOver(verdict)).isFalse();
            pass(HOUR);
        }
    }

    @Test
    void aShortOutageInBetweenDoesNotExcuseAMisconfiguration() {
        refuseFor(40);
        pass(SECOND);
        patience.isOver(Verdict.RETRY);
        pass(SECOND);
        refuseFor(19);

        pass(SECOND);
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {61, 3_600})
    void anOutageInBetweenIsNoTimeOfAMisconfiguration(int seconds) {
        patience.isOver(Verdict.MISCONFIGURED);
        patience.isOver(Verdict.RETRY);
        pass(Duration.ofSeconds(seconds));

        refuseFor(59);
    }

    /** Such a cluster refuses logins, too, because a callout or resolver has no time for them. */
    @Test
    void anOverloadInBetweenExcusesRefusals() {
        refuseFor(59);
        patience.isOver(Verdict.BACK_PRESSURE);

        refuseFor(59);
    }

    /** One attempt a second. */
    private void refuseFor(int seconds) {
        assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
        for (int second = 0; second < seconds; second++) {
            pass(SECOND);
            assertThat(patience.isOver(Verdict.MISCONFIGURED)).isFalse();
        }
    }

    private void stored() {
        patience.connected();
        assertThat(patience.disconnected(true)).isTrue();
    }

    private boolean connectedFor(Duration time) {
        patience.connected();
        pass(time);
        return patience.disconnected(false);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
