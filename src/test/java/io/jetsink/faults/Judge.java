package io.jetsink.faults;

import io.jetsink.support.stream.StreamEntry;
import io.jetsink.support.stream.StreamPosition;
import io.jetsink.support.stream.StreamReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds what is in a stream, and what was committed when, against what the guarantee says. */
final class Judge {
    private final Guarantee guarantee;
    private final Evidence evidence;
    private final Map<StreamPosition, Instant> stored = new HashMap<>();
    private final List<String> problems;

    private Judge(Guarantee guarantee, Evidence evidence) {
        this.guarantee = guarantee;
        this.evidence = evidence;
        this.problems = new ArrayList<>(evidence.problems());
        for (StreamEntry entry : evidence.tally().entries()) {
            stored.putIfAbsent(new StreamPosition(entry.partition(), entry.sequence()), entry.storedAt());
        }
    }

    static Outcome judge(Scenario scenario, Guarantee guarantee, long seed, Evidence evidence) {
        return new Judge(guarantee, evidence).judge(scenario, seed);
    }

    private Outcome judge(Scenario scenario, long seed) {
        StreamReport report = evidence.tally().report(evidence.produced());
        boolean failed = !evidence.failure().isEmpty();
        long lost = failed ? lostBelowCommits() : lost();
        check(lost == 0 || !guarantee.losesNothing(), lost + " records are lost");
        check(report.foreign() == 0, report.foreign() + " messages are of no record");
        check(
                !guarantee.promisesOnce() || report.duplicated() == 0,
                report.duplicated() + " records are there twice: " + report);
        check(
                !guarantee.keepsOrder() || report.outOfOrder() == 0,
                report.outOfOrder() + " records are out of order: " + report);
        check(
                scenario.failure().isEmpty() ? !failed : evidence.failure().contains(scenario.failure()),
                failed ? "the task failed: " + evidence.failure() : "the task did not fail");
        check(!evidence.failure().contains(Canary.PASSWORD), "a password is in the text of the failure");
        if (guarantee.losesNothing()) {
            commitsAreStored();
        }
        return new Outcome(
                scenario.row(),
                scenario.name(),
                guarantee,
                seed,
                Outcome.today(),
                evidence.produced().stream().mapToLong(Long::longValue).sum(),
                lost,
                report.duplicated(),
                report.outOfOrder(),
                stall().toMillis(),
                recovery().toMillis(),
                evidence.failure(),
                problems);
    }

    private void check(boolean good, String otherwise) {
        if (!good) {
            problems.add(otherwise);
        }
    }

    private long lost() {
        return missing(evidence.produced());
    }

    /** Of a task that failed nobody asks for more than it has let be committed. */
    private long lostBelowCommits() {
        List<Long> committed = new ArrayList<>();
        for (int partition = 0; partition < evidence.produced().size(); partition++) {
            int asked = partition;
            committed.add(evidence.commits().stream()
                    .filter(commit -> commit.partition() == asked)
                    .mapToLong(Commit::offset)
                    .max()
                    .orElse(0));
        }
        return missing(committed);
    }

    private long missing(List<Long> counts) {
        long missing = 0;
        for (int partition = 0; partition < counts.size(); partition++) {
            for (long number = 0; number < counts.get(partition); number++) {
                if (storedAt(partition, number) == null) {
                    missing++;
                }
            }
        }
        return missing;
    }

    /** When its first copy was stored; an excused one, before everything; null: never. */
    private @Nullable Instant storedAt(int partition, long number) {
        StreamPosition position = new StreamPosition(partition, number);
        return evidence.excused().contains(position) ? Instant.MIN : stored.get(position);
    }

    private void commitsAreStored() {
        for (int partition = 0; partition < evidence.produced().size(); partition++) {
            Instant[] complete = completeAt(partition);
            for (Commit commit : evidence.commits()) {
                if (commit.partition() == partition && !isStored(complete, commit)) {
                    problems.add("offset " + commit.offset() + " of partition " + partition + " was committed at "
                            + commit.seenAt() + ", and not all records below it were stored then");
                    break;
                }
            }
        }
    }

    private static boolean isStored(Instant[] complete, Commit commit) {
        return commit.offset() < complete.length
                && !complete[Math.toIntExact(commit.offset())].isAfter(commit.seenAt());
    }

    /** By offsets, when everything below was stored; {@link Instant#MAX} for never. */
    private Instant[] completeAt(int partition) {
        Instant[] complete = new Instant[Math.toIntExact(evidence.produced().get(partition)) + 1];
        complete[0] = Instant.MIN;
        for (int number = 0; number + 1 < complete.length; number++) {
            Instant at = storedAt(partition, number);
            Instant next = at == null ? Instant.MAX : at;
            complete[number + 1] = next.isAfter(complete[number]) ? next : complete[number];
        }
        return complete;
    }

    private Duration stall() {
        Duration longest = Duration.ZERO;
        Instant before = null; // Of the load, or of what a limit has left.
        for (StreamEntry entry : evidence.tally().entries()) {
            Duration gap = before == null ? Duration.ZERO : Duration.between(before, entry.storedAt());
            longest = gap.compareTo(longest) > 0 ? gap : longest;
            before = entry.storedAt();
        }
        return longest;
    }

    private Duration recovery() {
        Instant last = evidence.healed();
        for (int partition = 0; partition < evidence.producedAtHeal().size(); partition++) {
            for (long number = 0; number < evidence.producedAtHeal().get(partition); number++) {
                Instant at = storedAt(partition, number);
                last = at != null && at.isAfter(last) ? at : last;
            }
        }
        return Duration.between(evidence.healed(), last);
    }
}
