package io.jetsink.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/**
 * One validation of one configuration. It stands in for {@link ConfigDef#validate}, which puts refused values into its
 * messages and, for a value of the wrong type, has the validator complain about the missing value as well.
 */
final class Validation {
    private final ConfigDef def;
    private final Map<String, String> props;
    private final ValidationContext findings;

    Validation(ConfigDef def, Map<String, String> props) {
        this.def = def;
        this.props = new HashMap<>(props);
        this.props.remove(null);
        this.findings = new ValidationContext(this.props.keySet());
    }

    List<ConfigValue> run() {
        def.configKeys().values().forEach(this::checkKey);
        ConnectionSettings.check(findings);
        JetStreamSettings.check(findings);
        StreamCreationSettings.check(findings);
        PublishSettings.check(findings);
        BucketSettings.check(findings);
        OversizeSettings.check(findings);
        TranslationSettings.check(findings);
        List<ConfigValue> result = new ArrayList<>();
        def.configKeys().values().forEach(key -> result.add(report(key)));
        UnknownKeys unknown = new UnknownKeys(def.names(), SinkConfig.openPrefixes(props));
        for (String key : new TreeSet<>(props.keySet())) {
            String error = unknown.error(key);
            if (error != null) {
                result.add(refused(key, error));
            }
        }
        return result;
    }

    private void checkKey(ConfigKey key) {
        if (!props.containsKey(key.name)) {
            if (key.hasDefault()) {
                accept(key, key.defaultValue);
            } else {
                findings.refuse(key.name, key.name + " is missing: it is required, and must be " + key.validator);
            }
            return;
        }
        String text = props.get(key.name);
        if (text == null) {
            findings.refuse(key.name, key.name + " must not be null; leave the key out if it is not needed");
            return;
        }
        Object value;
        try {
            value = ConfigDef.parseType(key.name, text, key.type);
        } catch (ConfigException e) {
            // not its message: it has the value
            findings.refuse(key.name, key.name + " must be " + key.validator);
            return;
        }
        try {
            key.validator.ensureValid(key.name, value);
            accept(key, value);
        } catch (ConfigException e) {
            findings.refuse(key.name, String.valueOf(e.getMessage()));
        }
    }

    private void accept(ConfigKey key, @Nullable Object value) {
        if (value != null) {
            findings.accept(key.name, value);
        }
    }

    private ConfigValue report(ConfigKey key) {
        String error = findings.error(key.name);
        ConfigValue report = error == null ? new ConfigValue(key.name) : refused(key.name, error);
        if (error == null) {
            report.value(findings.value(key.name));
        }
        if (key.recommender != null) {
            report.recommendedValues(key.recommender.validValues(key.name, Map.of()));
        }
        return report;
    }

    private static ConfigValue refused(String key, String error) {
        ConfigValue report = new ConfigValue(key);
        report.addErrorMessage(error);
        return report;
    }
}
