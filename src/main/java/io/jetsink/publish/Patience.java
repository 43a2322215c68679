package io.jetsink.publish;

import io.jetsink.publish.FailureTriage.Verdict;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When a failure that may pass is taken for one that will not. A connector that never worked is wrong as soon as it is told
 * so a few times in a row; one that did work is given a minute, with a fresh connection and fresh credentials each time, in
 * which a stream may be created again or a user get its rights back.
 *
 * <p><b>Threads.</b> Confined to the link's background thread.
 */
final class Patience {
    private static final long MINUTE = Duration.ofSeconds(60).toNanos();
    /** At the start. Servers that are starting, too, may once say no to what they soon know. */
    private static final int TIMES = 3;

    private final LongSupplier clock;
    private boolean worked;
    private int times;
    private long since;

    /** @param clock nanoseconds that only go forward */
    Patience(LongSupplier clock) {
        this.clock = clock;
    }

    /** Something was stored. */
    void progressed() {
        worked = true;
        times = 0;
    }

    /**
     * One more failure.
     *
     * @return whether it is to stop the task
     */
    boolean isOver(Verdict verdict) {
        return switch (verdict) {
            case STOP -> true;
            case MISTAKE -> isOver();
            default -> {
                // An outage says nothing about the mistake, neither that it passed nor that it lasts.
                yield false;
            }
        };
    }

    private boolean isOver() {
        if (times++ == 0) {
            since = clock.getAsLong();
        }
        return worked ? clock.getAsLong() - since >= MINUTE : times >= TIMES;
    }
}
