package io.jetsink.faults;

import java.time.LocalDate;
import java.time.ZoneOffset;
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

    /** Of a scenario that did not come to its end. */
    static Outcome unfinished(Scenario scenario, Guarantee guarantee, long seed, Exception why) {
        String problem = "not finished: " + why.getMessage();
        return new Outcome(
                scenario.row(), scenario.name(), guarantee, seed, today(), 0, 0, 0, 0, 0, 0, "", List.of(problem));
    }

    static String today() {
        return LocalDate.now(ZoneOffset.UTC).toString();
    }

    boolean good() {
        return problems.isEmpty();
    }
}
