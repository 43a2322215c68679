package io.jetsink.metrics;

import static io.jetsink.metrics.TimeSplit.Part.KAFKA;
import static io.jetsink.metrics.TimeSplit.Part.NATS;
import static io.jetsink.metrics.TimeSplit.Part.WORK;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class TimeSplitTest {
    private final AtomicLong clock = new AtomicLong(-50);
    private final TimeSplit time = new TimeSplit(clock::get);

    private void pass(long nanos) {
        clock.addAndGet(nanos);
    }

    @Test
    void eachMomentBelongsToOnePart() {
        pass(1_000);
        time.enter();
        pass(100);
        time.block();
        pass(10);
        time.unblock();
        pass(200);
        time.leave();
        pass(2_000);

        assertThat(time.nanos(KAFKA)).isEqualTo(3_000);
        assertThat(time.nanos(WORK)).isEqualTo(300);
        assertThat(time.nanos(NATS)).isEqualTo(10);
    }

    @Test
    void thePresentPartGrowsWithoutACall() {
        pass(3_600_000_000_000L);
        assertThat(time.nanos(KAFKA)).isEqualTo(3_600_000_000_000L);

        time.enter();
        time.block();
        pass(5);

        assertThat(time.nanos(NATS)).isEqualTo(5);
        assertThat(time.nanos(WORK)).isZero();
    }
}
