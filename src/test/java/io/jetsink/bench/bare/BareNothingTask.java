package io.jetsink.bench.bare;

import io.nats.client.Connection;
import java.util.Collection;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;

/** The key {@code bench.records} is the number of records in each partition. */
public final class BareNothingTask extends BareTask {
    private long last;

    @Override
    void configured(Map<String, String> props) {
        last = Long.parseLong(required(props, "bench.records")) - 1;
    }

    @Override
    void started(Connection opened) {
        // Nothing to prepare.
    }

    @Override
    public void put(Collection<SinkRecord> records) {
        for (SinkRecord record : records) {
            if (record.kafkaOffset() == 0 || record.kafkaOffset() == last) {
                connection().publish(subject(), (byte[]) record.value());
            }
        }
    }
}
