package io.jetsink.bench.bare;

import org.apache.kafka.connect.connector.Task;

/** Publishes each record with an ack of its own, and waits for acks only before a commit or if the window is full. */
public final class BarePipelinedSink extends BareSink {
    @Override
    public Class<? extends Task> taskClass() {
        return BarePipelinedTask.class;
    }
}
