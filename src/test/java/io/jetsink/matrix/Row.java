package io.jetsink.matrix;

import io.jetsink.faults.Guarantee;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.stream.Collectors;

/**
 * A row of the table of compatibility.
 *
 * @param versions its first columns
 * @param line the whole row
 */
record Row(String versions, String line) {
    static final String WORKS = "works";

    /**
     * Returns the row of a cell that works.
     *
     * @param records of each guarantee
     * @param lost by at-least-once and exactly-once
     * @param copiesOfOnce duplicates with exactly-once
     * @param copies duplicates with the other guarantees
     * @param lostByBestEffort lost by best-effort
     */
    static Row works(
            Cell cell, long records, long lost, long copiesOfOnce, long copies, long lostByBestEffort, long seconds) {
        boolean once = cell.guarantees().stream().anyMatch(Guarantee::promisesOnce);
        return of(
                cell,
                cell.guarantees().stream()
                        .map(guarantee -> guarantee.title().replace("at-least-once ", ""))
                        .collect(Collectors.joining(", ")),
                Long.toString(records),
                Long.toString(lost),
                once ? Long.toString(copiesOfOnce) : "",
                Long.toString(copies),
                Long.toString(lostByBestEffort),
                Long.toString(seconds),
                WORKS);
    }

    /** Returns the row of a cell that does not work. */
    static Row fails(Cell cell, Throwable why) {
        String text =
                String.valueOf(why.getMessage()).lines().findFirst().orElse("").replace("|", "\\|");
        return of(cell, "", "", "", "", "", "", "", "**fails**: " + text);
    }

    private static Row of(Cell cell, String... columns) {
        String versions = versions(cell);
        String today = LocalDate.now(ZoneOffset.UTC).toString();
        return new Row(versions, versions + String.join(" | ", columns) + " | " + today + " |");
    }

    /** Returns the first columns, by which a row is found. */
    static String versions(Cell cell) {
        return "| " + cell.connect() + " | " + cell.nats().version() + " | " + cell.java() + " | ";
    }
}
