package io.jetsink;

import io.jetsink.message.ErrorCode;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;

/** Reports that the worker runs on a version of Java that is too old for the connector. */
final class OldJavaConnector implements ConnectorMethods {
    private static final int NEEDED = 17;
    /** The key of Connect that names the class. */
    private static final String CLASS_KEY = "connector.class";

    private final String java;

    /** @param java the version of the specification, such as {@code 11} or {@code 1.8} */
    OldJavaConnector(String java) {
        this.java = java;
    }

    static boolean isOld(String java) {
        return java.startsWith("1.") || Integer.parseInt(java) < NEEDED;
    }

    /** Connect shows the version of a plugin that it has found. */
    @Override
    public String version() {
        return "undefined";
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public Config validate(Map<String, String> connectorConfigs) {
        return new Config(Collections.singletonList(new ConfigValue(
                CLASS_KEY,
                connectorConfigs.get(CLASS_KEY),
                Collections.emptyList(),
                Collections.singletonList(ErrorCode.OLD_JAVA.text(problem())))));
    }

    @Override
    public void start(Map<String, String> connectorProps) {
        throw new ConnectException(ErrorCode.OLD_JAVA.text(problem()));
    }

    @Override
    public Class<? extends Task> taskClass() {
        throw new ConnectException(ErrorCode.OLD_JAVA.text(problem()));
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        throw new ConnectException(ErrorCode.OLD_JAVA.text(problem()));
    }

    @Override
    public void stop() {
        // It has not started.
    }

    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<TopicPartition, Long> offsets) {
        throw new ConnectException(ErrorCode.OLD_JAVA.text(problem()));
    }

    private String problem() {
        return "the connector needs Java 17 or later, this worker runs on Java " + java
                + ": start every worker of the Connect cluster with Java 17 or later";
    }
}
