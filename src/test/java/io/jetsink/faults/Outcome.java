package io.jetsink.faults;

import java.util.List;

/**
 * What came of a scenario in a guarantee.
 *
 * @param date when it was played
 * @param records how many there were
 * @param duplicated copies beyond the first
 * @param outOfOrder first copies behind one with a higher number
 * @param stallMillis the longest time in which nothing was stored
 * @param recoveryMillis from the end of the fault until everything was stored that had come by then
 * @param failure why the task failed, or empty: it runs
 * @param problems what is not as the guarantee and the scenario say; none: all is well
 */
record Outcome(
        int row,
        String scenario,
        Guarantee guarantee,
        long seed,
        String date,
        long records,
        long lost,
        long duplicated,
        long outOfOrder,
        long stallMillis,
        long recoveryMillis,
        String failure,
        List<String> problems) {
    Outcome {
        problems = List.copyOf(problems);
    }

    boolean good() {
        return problems.isEmpty();
    }
}
