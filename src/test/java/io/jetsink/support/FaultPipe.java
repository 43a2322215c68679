package io.jetsink.support;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One connection's way in one direction: what its reader puts in comes out when the {@link FaultDirection} lets it. Answers
 * may be overtaken, by what is not delayed as they are; nothing else is.
 *
 * <p>Threads: one puts in, another one runs.
 */
final class FaultPipe {
    private static final int BUFFER = 64 << 10;

    private final FaultDirection direction;
    private final DelayQueue<Parcel> parcels = new DelayQueue<>();
    private final int size;
    private final Semaphore room;
    private long number;
    private long lastDue = Long.MIN_VALUE;
    private long lastAnswerDue = Long.MIN_VALUE;
    private volatile boolean over;

    FaultPipe(FaultDirection direction) {
        this.direction = direction;
        this.size = direction.room();
        this.room = new Semaphore(size);
    }

    void put(byte[] bytes, int count, boolean answer) throws IOException {
        try {
            room.acquire(Math.min(count, size));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (over) {
            throw new IOException("nobody takes any more");
        }
        parcels.put(new Parcel(Arrays.copyOf(bytes, count), due(answer), number++));
    }

    /** Nothing more comes. The end arrives behind everything else. */
    void end() {
        parcels.put(new Parcel(null, Math.max(due(false), lastAnswerDue), number++));
    }

    /** Passes everything on until the end. */
    void run(OutputStream to) throws IOException {
        OutputStream out = new BufferedOutputStream(to, BUFFER);
        long busyUntil = System.nanoTime();
        try {
            for (byte[] bytes = next(out); bytes != null; bytes = next(out)) {
                if (direction.isHeld()) {
                    out.flush();
                }
                busyUntil = direction.pass(bytes.length, busyUntil);
                int passing = direction.untilCut(bytes.length);
                out.write(bytes, 0, passing);
                room.release(Math.min(bytes.length, size));
                if (passing < bytes.length) {
                    out.flush();
                    throw new IOException("cut");
                }
            }
            // The end is held as everything is.
            direction.pass(0, busyUntil);
            out.flush();
        } finally {
            over = true;
            room.release(size);
        }
    }

    private byte[] next(OutputStream out) throws IOException {
        Parcel parcel = parcels.poll();
        try {
            if (parcel == null) {
                out.flush();
                parcel = parcels.take();
            }
            return parcel.bytes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private long due(boolean answer) {
        long due = Math.max(direction.due(answer), answer ? lastAnswerDue : lastDue);
        if (answer) {
            lastAnswerDue = due;
        } else {
            lastDue = due;
        }
        return due;
    }

    /** Null bytes are the end. */
    private static final class Parcel implements Delayed {
        private final byte[] bytes;
        private final long due;
        private final long number;

        Parcel(byte[] bytes, long due, long number) {
            this.bytes = bytes;
            this.due = due;
            this.number = number;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Parcel that = (Parcel) other;
            return due == that.due ? Long.compare(number, that.number) : Long.compare(due, that.due);
        }
    }
}
