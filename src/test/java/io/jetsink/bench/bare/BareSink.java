package io.jetsink.bench.bare;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.sink.SinkConnector;

/** What the bare connectors share: one task, the keys {@code nats.servers} and {@code jetstream.stream}, nothing checked. */
abstract class BareSink extends SinkConnector {
    private Map<String, String> config = Map.of();

    @Override
    public final void start(Map<String, String> props) {
        config = props;
    }

    @Override
    public final List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(1, config);
    }

    @Override
    public final ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public final String version() {
        return "0";
    }

    @Override
    public final void stop() {
        config = Map.of();
    }
}
