package io.jetsink.delivery;

import io.jetsink.publish.AssignedPartition;
import io.jetsink.publish.Publisher.Outcomes;

/** Forwards all outcomes. Subclasses change some of them. */
abstract class ForwardingOutcomes implements Outcomes {
    final Outcomes pipeline;

    ForwardingOutcomes(Outcomes pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public void settled(long position) {
        pipeline.settled(position);
    }

    @Override
    public void duplicate(long position) {
        pipeline.duplicate(position);
    }

    @Override
    public void settledThrough(long position) {
        pipeline.settledThrough(position);
    }

    @Override
    public void batched(long messages, boolean first) {
        pipeline.batched(messages, first);
    }

    @Override
    public void unsent(long position) {
        pipeline.unsent(position);
    }

    @Override
    public void resumeAt(AssignedPartition partition, long offset) {
        pipeline.resumeAt(partition, offset);
    }

    @Override
    public void failed(long position, Throwable cause) {
        pipeline.failed(position, cause);
    }

    @Override
    public void epochFailed(Throwable cause) {
        pipeline.epochFailed(cause);
    }
}
