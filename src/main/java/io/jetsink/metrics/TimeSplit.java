package io.jetsink.metrics;

import java.util.function.LongSupplier;

/**
 * Divides the time of a task into three parts: waiting for Kafka, working, and waiting for NATS. A part that is not over yet
 * counts up to the time of the read. The task thread changes the part a few times for each call of Connect; any thread reads.
 */
public final class TimeSplit {
    /** The parts. */
    enum Part {
        KAFKA,
        WORK,
        NATS
    }

    private final LongSupplier clock;
    private final long[] nanos = new long[Part.values().length];
    private Part part = Part.KAFKA;
    private long since;

    /** @param clock nanoseconds that only go forward */
    TimeSplit(LongSupplier clock) {
        this.clock = clock;
        this.since = clock.getAsLong();
    }

    /** Notes that a call of Connect begins. */
    public void enter() {
        change(Part.WORK);
    }

    /** Notes that the call ends. */
    public void leave() {
        change(Part.KAFKA);
    }

    /** Notes that a call begins to wait for NATS. */
    public void block() {
        change(Part.NATS);
    }

    /** Notes that the wait ends. */
    public void unblock() {
        change(Part.WORK);
    }

    private synchronized void change(Part next) {
        long now = clock.getAsLong();
        nanos[part.ordinal()] += now - since;
        since = now;
        part = next;
    }

    /** Returns the nanoseconds of a part up to now. */
    synchronized long nanos(Part asked) {
        long past = nanos[asked.ordinal()];
        return asked == part ? past + clock.getAsLong() - since : past;
    }
}
