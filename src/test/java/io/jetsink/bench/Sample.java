package io.jetsink.bench;

import java.util.Map;

/**
 * One measurement.
 *
 * @param at the values of all that is varied
 * @param round from 1; 0 and below are to warm up
 * @param values the measured values by their names
 * @param otherCores the number of cores that processes used which are no part of the benchmark
 */
record Sample(Map<String, String> at, int round, Map<String, Double> values, double otherCores) {
    static final String RATE = "records/s";
    static final String WORKER_CPU = "CPU us/record, worker";

    double value(String name) {
        Double value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no value " + name + " in " + values);
        }
        return value;
    }
}
