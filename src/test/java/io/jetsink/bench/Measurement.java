package io.jetsink.bench;

/**
 * One run of one arm.
 *
 * @param round from 1; 0 is the warm-up
 * @param records how many were stored
 * @param seconds between the first and the last stored message, by the stream's own timestamps
 * @param cpuMicros of the worker process, for each record
 */
record Measurement(String arm, int round, int records, double seconds, double cpuMicros) {
    double perSecond() {
        return (records - 1) / seconds;
    }
}
