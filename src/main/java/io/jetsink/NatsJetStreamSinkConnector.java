package io.jetsink;

import io.jetsink.config.SinkConfig;
import io.jetsink.translate.RecordTranslator;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** A Kafka Connect sink that publishes Kafka topics into NATS JetStream. */
public final class NatsJetStreamSinkConnector extends SinkConnector {
    private Map<String, String> props = Map.of();

    @Override
    public String version() {
        return Version.current();
    }

    @Override
    public ConfigDef config() {
        return SinkConfig.definition();
    }

    @Override
    public Class<? extends Task> taskClass() {
        return NatsJetStreamSinkTask.class;
    }

    /** Errors of all keys at once, each at its key. Never throws, opens no connection. */
    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        List<ConfigValue> values = new ArrayList<>(SinkConfig.validate(connectorConfigs));
        for (ConfigValue value : values) {
            if (value.name().equals("subject") && value.value() instanceof String template) {
                try {
                    RecordTranslator.checkSubject(template);
                } catch (ConfigException e) {
                    value.addErrorMessage(e.getMessage());
                }
            }
        }
        return new Config(values);
    }

    @Override
    public void start(Map<String, String> connectorProps) {
        SinkConfig.parse(connectorProps);
        props = new HashMap<>(connectorProps);
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> configs = new ArrayList<>(maxTasks);
        for (int task = 0; task < maxTasks; task++) {
            Map<String, String> config = new HashMap<>(props);
            config.put(NatsJetStreamSinkTask.TASK_KEY, Integer.toString(task));
            configs.add(config);
        }
        return configs;
    }

    @Override
    public void stop() {
        props = Map.of();
    }

    /**
     * Offsets live in Kafka alone, so any change of them is fine: the records are published again from there.
     *
     * @param offsets null for a partition means reset
     */
    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
        return true;
    }
}
