package io.jetsink.tool;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jetsink.config.SinkConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** The configuration of a connector with the values of config providers, and the worker that it would run in. */
final class ConnectorConfig implements AutoCloseable {
    private static final String NAME = "name";
    /** Stands for the name of a connector that is named only when it is created. */
    private static final String UNNAMED = "unnamed";

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String NATS = "nats.";
    /** Prefixes of further keys whose values are no templates. */
    private static final List<String> PLAIN = List.of(
            "consumer.override.", "key.converter.", "value.converter.", "header.converter.", "payload.converter.");

    private final Path file;
    private final Map<String, String> given;
    private final Map<String, String> properties;
    private final boolean named;
    private final WorkerFile worker;
    private final PluginClasses classes;
    private final ConfigVariables variables;

    private ConnectorConfig(
            Path file, Map<String, String> given, WorkerFile worker, PluginClasses classes, ConfigVariables variables) {
        this.file = file;
        this.given = given;
        this.classes = classes;
        this.variables = variables;
        this.worker = worker.resolved(variables);
        this.properties = variables.resolve(given);
        this.named = given.containsKey(NAME);
        properties.putIfAbsent(NAME, UNNAMED);
    }

    /**
     * Reads the files.
     *
     * @param secrets receives the secrets of the configuration
     * @throws UsageException if a file cannot be read
     */
    static ConnectorConfig read(Arguments arguments, Secrets secrets) throws IOException {
        Map<String, String> given = texts(arguments.file());
        WorkerFile worker = WorkerFile.read(arguments.worker(), arguments.bootstrapServer());
        PluginClasses classes = new PluginClasses(worker.pluginPath());
        try {
            ConfigVariables variables = new ConfigVariables(worker.all(), classes, secrets);
            ConnectorConfig read = new ConnectorConfig(arguments.file(), given, worker, classes, variables);
            SinkConfig.definition().configKeys().values().stream()
                    .filter(key -> key.type == ConfigDef.Type.PASSWORD)
                    .map(key -> read.properties.get(key.name))
                    .filter(value -> value != null)
                    .forEach(secrets::add);
            read.worker.passwords().forEach(secrets::add);
            return read;
        } catch (RuntimeException e) {
            classes.close();
            throw e;
        }
    }

    private static Map<String, String> texts(Path file) {
        JsonNode json;
        try {
            json = JSON.readTree(Files.readString(file));
        } catch (IOException e) {
            throw new UsageException("the configuration of the connector cannot be read: " + Failures.describe(e));
        }
        JsonNode config = json.path("config").isObject() ? json.path("config") : json;
        if (!config.isObject()) {
            throw new UsageException(file + " is not a JSON object with the configuration of a connector");
        }
        Map<String, String> texts = new HashMap<>();
        config.properties().forEach(entry -> texts.put(entry.getKey(), text(entry.getKey(), entry.getValue())));
        if (config != json && json.path(NAME).isTextual()) {
            texts.putIfAbsent(NAME, json.path(NAME).asText());
        }
        return texts;
    }

    private static @Nullable String text(String key, JsonNode value) {
        if (value.isContainerNode()) {
            throw new UsageException(key + " is not a text");
        }
        return value.isNull() ? null : value.asText();
    }

    /** Returns the file as the user named it. */
    Path file() {
        return file;
    }

    /** Returns all keys, with the secrets. A value may be null, which is an error of the configuration. */
    Map<String, String> properties() {
        return new HashMap<>(properties);
    }

    @Nullable
    String get(String key) {
        return properties.get(key);
    }

    /**
     * Returns the configuration.
     *
     * @throws ToolException if it is not valid
     */
    SinkConfig parse() {
        try {
            return SinkConfig.parse(properties);
        } catch (ConfigException e) {
            throw new ToolException(String.valueOf(e.getMessage()), null);
        }
    }

    /** @throws UsageException if the file does not name the connector */
    String requireName() {
        if (!named) {
            throw new UsageException(file + " does not name the connector: add \"name\"");
        }
        return String.valueOf(properties.get(NAME)).trim();
    }

    /**
     * Requires that the values of keys which are no templates are resolved: a literal reference to a config provider would be
     * used as a password or an address.
     *
     * @param nats whether the command connects to NATS
     * @throws UsageException if a value refers to a config provider that the worker does not have
     */
    void requireResolved(boolean nats) {
        for (Map.Entry<String, String> property : new TreeMap<>(properties).entrySet()) {
            String value = property.getValue();
            boolean plain = PLAIN.stream().anyMatch(property.getKey()::startsWith)
                    || (nats && property.getKey().startsWith(NATS));
            // A secret that a provider has returned may itself look like a reference.
            boolean unchanged = value != null && value.equals(given.get(property.getKey()));
            String provider = plain && unchanged ? ConfigVariables.provider(value) : null;
            if (provider != null) {
                throw new UsageException(property.getKey() + " refers to the config provider " + provider
                        + ": add --worker FILE with the properties of a worker that has " + provider
                        + " in config.providers");
            }
        }
    }

    WorkerFile worker() {
        return worker;
    }

    PluginClasses classes() {
        return classes;
    }

    @Override
    public void close() throws IOException {
        variables.close();
        classes.close();
    }
}
