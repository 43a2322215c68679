package io.jetsink.delivery;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Time in nanoseconds that stands still until a test moves it. It starts shortly before it overflows, as it may. */
final class ManualClock implements LongSupplier {
    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(2).toNanos();

    @Override
    public long getAsLong() {
        return nanos;
    }

    void advance(Duration time) {
        advance(time.toNanos());
    }

    void advance(long time) {
        nanos += time;
    }

    Duration since(long then) {
        return Duration.ofNanos(nanos - then);
    }
}
