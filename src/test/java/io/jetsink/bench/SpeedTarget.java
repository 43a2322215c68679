package io.jetsink.bench;

import java.time.Duration;

/** The speeds that a distance allows. */
final class SpeedTarget {
    /** The largest number of messages in flight. */
    static final int LARGEST_WINDOW = 65_536;
    /** The records of an atomic batch by the server's default limit, beside the offset marker. */
    static final int BATCH_RECORDS = 999;
    /** The part that a speed has to reach. */
    static final double PART = 0.8;

    private SpeedTarget() {}

    /**
     * Returns the lowest acceptable speed.
     *
     * @param inFlight messages that are in flight at most
     * @param rateAtZero the speed without a distance
     */
    static double lowest(int inFlight, Duration roundTrip, double rateAtZero) {
        double possible = roundTrip.isZero() ? Double.POSITIVE_INFINITY : inFlight / (roundTrip.toNanos() / 1e9);
        return PART * Math.min(possible, PART * rateAtZero);
    }
}
