package io.jetsink.config;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;

/**
 * A part of the connector that users may replace, as it was chosen.
 *
 * @param key the key that chooses it
 * @param name a built-in's short name, or the name of a class
 * @param builtIn which of the two
 * @param own the class's own settings: the keys under {@code key}, the prefix taken off
 */
public record PluginSettings(String key, String name, boolean builtIn, Map<String, String> own) {

    /**
     * Makes and configures an instance of the class, with the loader of the connector's plugin, which is the thread's
     * context class loader whenever Connect calls.
     *
     * @throws ConfigException naming the key, if that fails
     */
    public <T> T create(Class<T> type) {
        Map<String, Object> values = new HashMap<>(own);
        values.put(key, name);
        ConfigDef def = new ConfigDef().define(key, ConfigDef.Type.CLASS, ConfigDef.Importance.HIGH, "");
        try {
            T instance = new AbstractConfig(def, values, false).getConfiguredInstance(key, type);
            if (instance == null) {
                throw new ConfigException(key + " names no class");
            }
            return instance;
        } catch (ConfigException e) {
            throw e;
        } catch (KafkaException | LinkageError e) {
            throw new ConfigException(key + ": an instance of " + name + " cannot be made: " + e.getMessage());
        }
    }

    /**
     * Makes an instance of the class by the same loader, and leaves it to the caller to configure it.
     *
     * @throws ConfigException naming the key, if that fails
     */
    public <T> T instance(Class<T> type) {
        try {
            return Utils.newInstance(name, type);
        } catch (ClassNotFoundException | ClassCastException | KafkaException | LinkageError e) {
            throw new ConfigException(key + ": an instance of " + name + " cannot be made: " + e.getMessage());
        }
    }
}
