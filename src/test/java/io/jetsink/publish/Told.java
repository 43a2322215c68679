package io.jetsink.publish;

import java.util.ArrayList;
import java.util.List;

/** What a publisher tells of its messages, in order. */
public final class Told implements Publisher.Outcomes {
    public final List<String> lines = new ArrayList<>();
    /** Numbers of acked messages of batches. */
    public final List<String> batches = new ArrayList<>();
    /** Of those that failed. */
    public final List<Throwable> causes = new ArrayList<>();

    @Override
    public void settled(long position) {
        lines.add("settled " + position);
    }

    @Override
    public void duplicate(long position) {
        lines.add("duplicate " + position);
    }

    @Override
    public void settledThrough(long position) {
        lines.add("settled through " + position);
    }

    @Override
    public void batched(long messages, boolean first) {
        batches.add(messages + (first ? " of a new batch" : " more"));
    }

    @Override
    public void unsent(long position) {
        lines.add("unsent " + position);
    }

    @Override
    public void resumeAt(AssignedPartition partition, long offset) {
        lines.add("resume " + partition.id() + " at " + offset);
    }

    @Override
    public void failed(long position, Throwable cause) {
        lines.add("failed " + position);
        causes.add(cause);
    }

    @Override
    public void epochFailed(Throwable cause) {
        lines.add("epoch failed");
        causes.add(cause);
    }
}
