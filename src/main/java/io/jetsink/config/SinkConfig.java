package io.jetsink.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/**
 * The connector's whole configuration, parsed once.
 *
 * @param connectorName Connect's {@code name}; {@link #UNNAMED} where there is none, which never happens in a worker
 * @param connection how to reach NATS
 * @param jetStream which JetStream and stream
 * @param preflight when server, stream and user are checked beforehand
 * @param publish guarantee, mode and bounds
 * @param exactlyOnce what only exactly-once needs
 * @param translation how a record becomes a message
 * @param bucket the key-value bucket that is written to; null: a stream
 * @param oversize where large payloads go; null: nowhere
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
        @Nullable OversizeSettings oversize) {

    /** The connector's name in a configuration without one. */
    public static final String UNNAMED = "unnamed";

    private static final String NAME_CONFIG = "name";

    /** All keys of the connector; those of Connect itself are not among them. */
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
        return def;
    }

    /**
     * Every key of the connector with its value and errors, and every unknown key that {@link #parse} would refuse.
     * A value that was refused is not given back, because Connect's REST would show it and it may be a secret at the
     * wrong key.
     */
    public static List<ConfigValue> validate(Map<String, String> props) {
        return new Validation(definition(), props).run();
    }

    /**
     * The configuration as values.
     *
     * @throws ConfigException with a line for every error, if there is any
     */
    public static SinkConfig parse(Map<String, String> props) {
        List<String> errors = validate(props).stream()
                .flatMap(value -> value.errorMessages().stream())
                .toList();
        if (!errors.isEmpty()) {
            throw new ConfigException(errors.stream()
                    .map(error -> "\n  " + error)
                    .collect(Collectors.joining("", "The connector's configuration is not valid:", "")));
        }
        String name = props.get(NAME_CONFIG);
        AbstractConfig config = ownConfig(props);
        return new SinkConfig(
                name == null || name.isBlank() ? UNNAMED : name.trim(),
                ConnectionSettings.from(config, props),
                JetStreamSettings.from(config),
                JetStreamSettings.preflight(config),
                PublishSettings.from(config),
                ExactlyOnceSettings.from(config),
                TranslationSettings.from(config, props),
                BucketSettings.from(config),
                OversizeSettings.from(config));
    }

    /** Prefixes under which a plugged-in class has keys of its own. */
    static List<String> openPrefixes(Map<String, String> props) {
        List<String> open = new ArrayList<>(TranslationSettings.openPrefixes(props));
        open.addAll(PluginKey.openPrefixes(props, ConnectionSettings.CUSTOMIZER));
        return open;
    }

    /** Only our keys: AbstractConfig would start the config providers that a foreign key may name. */
    private static AbstractConfig ownConfig(Map<String, String> props) {
        ConfigDef def = definition();
        Map<String, String> own = new HashMap<>(props);
        own.keySet().retainAll(def.names());
        return new AbstractConfig(def, own, false);
    }
}
