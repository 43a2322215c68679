package io.jetsink.faults;

import io.jetsink.support.Bridge;
import io.jetsink.support.LoadProducer;
import io.jetsink.support.kafka.ConnectStatus;
import io.jetsink.support.stream.StreamPosition;
import io.jetsink.support.stream.StreamTally;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;

/**
 * One connector in workers, under a steady load of its own topic.
 *
 * <p>Threads: any; the load has its own.
 */
final class WorkerLane {
    private final Guarantee guarantee;
    private final String name;
    private final int partitions;
    private final Bridge bridge;
    private final LoadProducer load;
    private final List<Commit> commits = new CopyOnWriteArrayList<>();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    /** Of partitions beyond the load's. */
    private final List<Long> more = new CopyOnWriteArrayList<>();

    private volatile List<Long> producedAtHeal = List.of();
    private volatile List<Long> produced = List.of();

    WorkerLane(Guarantee guarantee, String name, int partitions, Bridge bridge, LoadProducer load) {
        this.guarantee = guarantee;
        this.name = name;
        this.partitions = partitions;
        this.bridge = bridge;
        this.load = load;
    }

    Guarantee guarantee() {
        return guarantee;
    }

    /** Of connector, topic and stream. */
    String name() {
        return name;
    }

    LoadProducer load() {
        return load;
    }

    void problem(String text) {
        problems.add(text);
    }

    /** The next partition, which the load does not have, has so many records. */
    void producedMore(long records) {
        more.add(records);
    }

    /** The load is even: what is acked is shared by the partitions. */
    void healed() {
        producedAtHeal = Collections.nCopies(partitions, load.acked() / partitions);
    }

    /** What the group has committed by now. Offsets are numbers only where nobody but the load writes. */
    void noteCommits() {
        Map<TopicPartition, Long> committed = bridge.committed(name);
        Instant now = Instant.now();
        committed.forEach((partition, offset) -> {
            if (partition.partition() < partitions) {
                commits.add(new Commit(partition.partition(), offset, now));
            }
        });
    }

    /** @param silent whether no load runs */
    void endLoad(boolean silent) {
        produced = silent ? load.counts() : load.stop();
    }

    Evidence evidence(StreamTally tally, Instant healed) {
        List<Long> all = new ArrayList<>(produced);
        all.addAll(more);
        Set<StreamPosition> none = Set.of();
        return new Evidence(
                tally, all, none, List.copyOf(commits), healed, producedAtHeal, failure(), List.copyOf(problems));
    }

    /** Why a task failed, or empty. */
    String failure() {
        ConnectStatus status = bridge.rest().status(name);
        if (!status.failed()) {
            return "";
        }
        return status.tasks().stream()
                .map(ConnectStatus.Task::trace)
                .filter(trace -> !trace.isEmpty())
                .findFirst()
                .orElse(status.toString());
    }
}
