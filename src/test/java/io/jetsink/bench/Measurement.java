package io.jetsink.bench;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One run of one arm.
 *
 * @param round from 1; 0 and below are to warm up
 * @param records how many were stored within the time that counts
 * @param seconds between the first and the last of them, by the stream's own timestamps
 * @param workerMicros CPU time of the worker for each record
 * @param allMicros the same of worker, broker and nats-server together: what bounds the speed once all cores are busy
 * @param otherCores the number of cores that processes used which are no part of the benchmark
 * @param ownCores the number of cores that the process of the benchmark itself used
 */
record Measurement(
        String arm,
        int round,
        long records,
        double seconds,
        double workerMicros,
        double allMicros,
        double otherCores,
        double ownCores) {
    double perSecond() {
        return (records - 1) / seconds;
    }

    Sample at(Map<String, String> at) {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put(Sample.RATE, perSecond());
        values.put("records", (double) records);
        values.put("seconds", seconds);
        values.put(Sample.WORKER_CPU, workerMicros);
        values.put("CPU us/record, all", allMicros);
        values.put("own cores", ownCores);
        return new Sample(at, round, values, otherCores);
    }
}
