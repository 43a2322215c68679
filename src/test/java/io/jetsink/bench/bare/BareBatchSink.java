package io.jetsink.bench.bare;

import org.apache.kafka.connect.connector.Task;

/** Publishes what a poll has brought and waits for its acks. */
public final class BareBatchSink extends BareSink {
    @Override
    public Class<? extends Task> taskClass() {
        return BareBatchTask.class;
    }
}
