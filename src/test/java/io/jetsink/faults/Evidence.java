package io.jetsink.faults;

import io.jetsink.support.stream.StreamPosition;
import io.jetsink.support.stream.StreamTally;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What is known of one connector at the end of a scenario.
 *
 * @param tally the stream
 * @param produced how many records each partition had
 * @param excused records that the scenario itself keeps out of the stream or takes out of it
 * @param commits in the order in which they were seen
 * @param healed when the last fault was over
 * @param producedAtHeal how many records each partition had then
 * @param failure why the task failed, or empty
 * @param problems what the scenario itself has found wrong
 */
record Evidence(
        StreamTally tally,
        List<Long> produced,
        Set<StreamPosition> excused,
        List<Commit> commits,
        Instant healed,
        List<Long> producedAtHeal,
        String failure,
        List<String> problems) {}
