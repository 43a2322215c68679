package io.jetsink.bench;

/**
 * One run of one arm.
 *
 * @param round from 1; 0 and below are to warm up
 * @param records how many were stored
 * @param seconds between the first and the last stored message, by the stream's own timestamps
 * @param workerMicros CPU time of the worker for each record
 * @param allMicros the same of worker, broker and nats-server together: what bounds the speed once all cores are busy
 * @param otherCores how many cores were busy with anything else meanwhile
 */
record Measurement(
        String arm, int round, int records, double seconds, double workerMicros, double allMicros, double otherCores) {
    double perSecond() {
        return (records - 1) / seconds;
    }
}
