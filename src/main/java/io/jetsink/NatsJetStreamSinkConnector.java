package io.jetsink;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/**
 * A Kafka Connect sink that publishes Kafka topics into NATS JetStream.
 *
 * <p>This class, {@link ConnectorMethods} and {@link OldJavaConnector} are compiled for Java 8, on which a worker may run
 * (decision record 0035). No other class of the connector may be loaded before the version of Java is known.
 */
public final class NatsJetStreamSinkConnector extends SinkConnector {
    private final ConnectorMethods connector;

    public NatsJetStreamSinkConnector() {
        this(System.getProperty("java.specification.version"));
    }

    NatsJetStreamSinkConnector(String java) {
        this.connector = OldJavaConnector.isOld(java) ? new OldJavaConnector(java) : new JetStreamSinkConnector();
    }

    @Override
    public String version() {
        return connector.version();
    }

    @Override
    public ConfigDef config() {
        return connector.config();
    }

    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        return connector.validate(connectorConfigs);
    }

    @Override
    public void start(Map<String, String> connectorProps) {
        connector.start(connectorProps);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return connector.taskClass();
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return connector.taskConfigs(maxTasks);
    }

    @Override
    public void stop() {
        connector.stop();
    }

    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
        return connector.alterOffsets(connectorConfig, offsets);
    }
}
