package io.jetsink.bench.bare;

import org.apache.kafka.connect.connector.Task;

/** Publishes the records of a poll in atomic batches, without offset markers. */
public final class BareAtomicSink extends BareSink {
    @Override
    public Class<? extends Task> taskClass() {
        return BareAtomicTask.class;
    }
}
