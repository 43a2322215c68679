package io.jetsink.tool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/** The properties of a worker, as far as they concern a connector. Empty without {@code --worker}. */
final class WorkerFile {
    private static final String CONSUMER = "consumer.";
    private static final String PLUGIN_PATH = "plugin.path";

    private final Map<String, String> properties;

    private WorkerFile(Map<String, String> properties) {
        this.properties = properties;
    }

    /**
     * Reads the file as a worker does. References to config providers are not resolved yet.
     *
     * @param bootstrapServer replaces the one of the file, or null
     */
    static WorkerFile read(@Nullable Path file, @Nullable String bootstrapServer) {
        Properties read = new Properties();
        if (file != null) {
            try (InputStream in = Files.newInputStream(file)) {
                read.load(in);
            } catch (IOException | IllegalArgumentException e) {
                throw new UsageException("the properties of the worker cannot be read: " + Failures.describe(e));
            }
        }
        Map<String, String> properties = new HashMap<>();
        read.stringPropertyNames().forEach(key -> properties.put(key, read.getProperty(key)));
        if (bootstrapServer != null) {
            properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServer);
        }
        return new WorkerFile(properties);
    }

    /** Returns the same properties with the values of config providers. */
    WorkerFile resolved(ConfigVariables variables) {
        return new WorkerFile(variables.resolve(properties));
    }

    @Nullable
    String pluginPath() {
        return properties.get(PLUGIN_PATH);
    }

    Map<String, String> all() {
        return Map.copyOf(properties);
    }

    /** Returns the passwords of the consumer settings. */
    List<String> passwords() {
        return ConsumerConfig.configDef().configKeys().values().stream()
                .filter(key -> key.type == ConfigDef.Type.PASSWORD)
                .map(key -> properties.get(CONSUMER + key.name))
                .filter(value -> value != null)
                .toList();
    }

    /** Returns the consumer settings that the worker gives to each sink connector. */
    Map<String, Object> consumer() {
        Map<String, Object> consumer = new HashMap<>();
        String brokers = properties.get(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG);
        if (brokers != null) {
            consumer.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, brokers);
        }
        consumer.putAll(ConfigTexts.withPrefix(properties, CONSUMER));
        return consumer;
    }
}
