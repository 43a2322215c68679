package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.utils.Utils;

/**
 * The chosen built-in or class for a part of the connector that users can replace.
 *
 * @param key the key that names it
 * @param name the short name of a built-in, or the name of a class
 * @param builtIn whether it is a built-in
 * @param own settings of the class: the keys that begin with {@code key} and a dot, without that prefix
 */
public record PluginSettings(String key, String name, boolean builtIn, Map<String, String> own) {

    /**
     * Creates and configures an instance of the class. The class is loaded by the context class loader of the thread, which
     * is the plugin's whenever Connect calls.
     *
     * @throws ConfigException naming the key, if that fails
     */
    public <T> T create(Class<T> type) {
        Map<String, Object> values = new HashMap<>(own);
        values.put(key, name);
        ConfigDef def = new ConfigDef().define(key, ConfigDef.Type.CLASS, ConfigDef.Importance.HIGH, "");
        try {
            return new AbstractConfig(def, values, false).getConfiguredInstance(key, type);
        } catch (ConfigException e) {
            throw new ConfigException(ErrorCode.UNUSABLE_CLASS.text(String.valueOf(e.getMessage())));
        } catch (KafkaException | LinkageError e) {
            throw failed(e);
        }
    }

    /**
     * Creates an instance of the class with the same class loader, and does not configure it.
     *
     * @throws ConfigException naming the key, if that fails
     */
    public <T> T instance(Class<T> type) {
        try {
            return Utils.newInstance(name, type);
        } catch (ClassNotFoundException | ClassCastException | KafkaException | LinkageError e) {
            throw failed(e);
        }
    }

    private ConfigException failed(Throwable cause) {
        return new ConfigException(ErrorCode.UNUSABLE_CLASS.text(
                key + ": cannot create an instance of " + name + ": " + cause.getMessage()));
    }
}
