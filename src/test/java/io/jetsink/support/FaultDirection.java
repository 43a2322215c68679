package io.jetsink.support;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What one direction of a {@link FaultProxy} does to everything that passes. Any thread. */
final class FaultDirection {
    private static final long NEVER = Long.MAX_VALUE;
    /** Lateness of a busy machine that does not make the link slower. */
    private static final long CREDIT = TimeUnit.MILLISECONDS.toNanos(200);

    private boolean held;
    private Duration latency = Duration.ZERO;
    private Duration answerLatency = Duration.ZERO;
    private long bytesPerSecond;
    private long untilCut = NEVER;
    private volatile int room = 4 << 20;

    synchronized void hold(boolean on) {
        held = on;
        notifyAll();
    }

    /** So many bytes are under way at most; then the sender feels it, as on a real wire. */
    void room(int bytes) {
        room = bytes;
    }

    int room() {
        return room;
    }

    synchronized void delay(Duration by) {
        latency = by;
    }

    synchronized void delayAnswers(Duration by) {
        answerLatency = by;
    }

    /** @param rate zero: as fast as it goes */
    synchronized void throttle(long rate) {
        bytesPerSecond = rate;
    }

    synchronized void cutAfter(long bytes) {
        untilCut = bytes;
    }

    /** When something that comes now is to arrive. */
    synchronized long due(boolean answer) {
        return System.nanoTime() + latency.toNanos() + (answer ? answerLatency.toNanos() : 0);
    }

    synchronized boolean isHeld() {
        return held;
    }

    /**
     * Waits until nothing is held, and for as long as so many bytes take.
     *
     * @param busyUntil when the bytes before these were due
     * @return when these were
     */
    synchronized long pass(int bytes, long busyUntil) throws IOException {
        long taken = bytesPerSecond == 0 ? 0 : TimeUnit.SECONDS.toNanos(bytes) / bytesPerSecond;
        long now = System.nanoTime();
        long due = (now - busyUntil < CREDIT ? busyUntil : now) + taken;
        try {
            for (long left = due - now; held || left > 0; left = due - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, held ? NEVER : left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return due;
    }

    /** How many of the next bytes are let through. Fewer than asked for: here the connection is to be cut, once. */
    synchronized int untilCut(int bytes) {
        if (untilCut == NEVER) {
            return bytes;
        }
        if (bytes < untilCut) {
            untilCut -= bytes;
            return bytes;
        }
        int passing = (int) untilCut;
        untilCut = NEVER;
        return passing == bytes ? bytes - 1 : passing;
    }
}
