package io.jetsink.bench.bare;

import org.apache.kafka.connect.connector.Task;

/** Publishes only the first and the last record, so that the speed of the worker itself can be measured. */
public final class BareNothingSink extends BareSink {
    @Override
    public Class<? extends Task> taskClass() {
        return BareNothingTask.class;
    }
}
