package io.jetsink;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;

/**
 * The methods of Connect's {@code SinkConnector} that the connector implements. A worker that scans the plugin lists each
 * subclass of {@code SinkConnector}, so there is only one.
 */
interface ConnectorMethods {
    String version();

    ConfigDef config();

    Config validate(Map<String, String> connectorConfigs);

    void start(Map<String, String> connectorProps);

    Class<? extends Task> taskClass();

    List<Map<String, String>> taskConfigs(int maxTasks);

    void stop();

    boolean alterOffsets(Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets);
}
