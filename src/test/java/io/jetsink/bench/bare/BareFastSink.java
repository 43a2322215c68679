package io.jetsink.bench.bare;

import org.apache.kafka.connect.connector.Task;

/** Fast-ingest batches and nothing else. */
public final class BareFastSink extends BareSink {
    @Override
    public Class<? extends Task> taskClass() {
        return BareFastTask.class;
    }
}
