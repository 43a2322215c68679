package io.jetsink.bench;

/** One question that the benchmarks answer. */
interface Scenario {
    /** @return false if the results were to be published and the run was noisy */
    boolean run() throws Exception;
}
