package io.jetsink.tool;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/**
 * The keys of Connect itself, which the REST API validates beside those of the connector. Connect's class is called by its
 * name: it is in the libraries of each worker and not in the API that connectors compile against.
 */
final class ConnectKeys {
    private static final String DEFINITION = "org.apache.kafka.connect.runtime.SinkConnectorConfig";

    private ConnectKeys() {}

    /** Returns the problems of Connect's own keys. */
    static List<Finding> validate(Map<String, String> properties) {
        try {
            Class<?> type = Class.forName(DEFINITION);
            ConfigDef definition = (ConfigDef) type.getMethod("configDef").invoke(null);
            Map<String, ConfigValue> values = definition.validateAll(properties);
            List<Finding> findings = findings(values.values());
            findings.addAll(topics(type, properties));
            return findings;
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new ToolException(
                    "the libraries of Kafka do not have " + DEFINITION
                            + ": set KAFKA_HOME to the folder of Kafka 3.6 or later",
                    e);
        }
    }

    /** Returns the problems of the topics, which no single key has. */
    private static List<Finding> topics(Class<?> type, Map<String, String> properties)
            throws ReflectiveOperationException {
        Map<String, ConfigValue> values = new HashMap<>();
        for (String key : List.of("topics", "topics.regex", "errors.deadletterqueue.topic.name")) {
            values.put(key, new ConfigValue(key));
        }
        try {
            type.getMethod("validate", Map.class, Map.class).invoke(null, properties, values);
            return findings(values.values());
        } catch (NoSuchMethodException before) {
            // Connect 3.6 throws the first problem instead.
            try {
                type.getMethod("validate", Map.class).invoke(null, properties);
                return List.of();
            } catch (InvocationTargetException e) {
                return List.of(new Finding("topics", Failures.describe(Objects.requireNonNullElse(e.getCause(), e))));
            }
        }
    }

    /** Returns a finding for each error. */
    static List<Finding> findings(Collection<ConfigValue> values) {
        List<Finding> findings = new ArrayList<>();
        for (ConfigValue value : values) {
            value.errorMessages().forEach(message -> findings.add(new Finding(value.name(), message)));
        }
        return findings;
    }
}
