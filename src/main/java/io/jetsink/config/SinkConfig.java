package io.jetsink.config;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of the connector.
 *
 * @param connectorName Connect's {@code name}; {@code unnamed} if there is none, which never happens in a worker
 * @param bucket null: the target is a stream
 * @param oversize null: records that are too large are rejected
 */
public record SinkConfig(
        String connectorName,
        ConnectionSettings connection,
        JetStreamSettings jetStream,
        JetStreamSettings.PreflightMode preflight,
        PublishSettings publish,
        ExactlyOnceSettings exactlyOnce,
        TranslationSettings translation,
        @Nullable BucketSettings bucket,
        @Nullable OversizeSettings oversize,
        MetricsSettings metrics) {

    /** Defines all keys of the connector, without Connect's own. */
    public static ConfigDef definition() {
        ConfigDef def = new ConfigDef();
        ConnectionSettings.define(def);
        JetStreamSettings.define(def);
        StreamCreationSettings.define(def);
        PublishSettings.define(def);
        ExactlyOnceSettings.define(def);
        TranslationSettings.define(def);
        BucketSettings.define(def);
        OversizeSettings.define(def);
        MetricsSettings.define(def);
        return def;
    }

    /**
     * Returns every key of the connector with its value or error, and every unknown key that {@link #parse} refuses. A refused
     * value is not returned: Connect's REST API would show it, and it may be a secret that was set at the wrong key.
     */
    public static List<ConfigValue> validate(Map<String, String> props) {
        return new Validation(definition(), openPrefixes(props), props).run();
    }

    /**
     * Parses a configuration.
     *
     * @throws ConfigException with a line for every error, if there is any
     */
    public static SinkConfig parse(Map<String, String> props) {
        List<String> errors = validate(props).stream()
                .flatMap(value -> value.errorMessages().stream())
                .toList();
        if (!errors.isEmpty()) {
            // Each error begins with its code and has its key.
            throw new ConfigException(String.join("\n", errors));
        }
        String name = props.get("name");
        ConfigDef def = definition();
        Map<String, String> own = new HashMap<>(props);
        // AbstractConfig would start config providers that other keys name.
        own.keySet().retainAll(def.names());
        AbstractConfig config = new AbstractConfig(def, own, false);
        return new SinkConfig(
                name == null || name.isBlank() ? "unnamed" : name.trim(),
                ConnectionSettings.from(config, props),
                JetStreamSettings.from(config),
                JetStreamSettings.preflight(config),
                PublishSettings.from(config),
                ExactlyOnceSettings.from(config),
                TranslationSettings.from(config, props),
                BucketSettings.from(config),
                OversizeSettings.from(config),
                MetricsSettings.from(config));
    }

    /** Returns the prefixes of the settings of plugged-in classes. */
    private static List<String> openPrefixes(Map<String, String> props) {
        List<String> open = PluginKey.openPrefixes(
                props,
                ConnectionSettings.CUSTOMIZER,
                SubjectSettings.MAPPER,
                HeaderSettings.MAPPER,
                PayloadSettings.ENCODER,
                MessageSettings.ID);
        if (PayloadSettings.usesConverter(props)) {
            open.add(PayloadSettings.CONVERTER_PREFIX);
        }
        return open;
    }
}
