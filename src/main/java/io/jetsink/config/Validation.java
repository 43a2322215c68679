package io.jetsink.config;

import io.jetsink.message.ErrorCode;
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
 * The validation of one configuration. It replaces {@link ConfigDef#validate}, which puts refused values into its messages
 * and reports two errors for a value of the wrong type.
 */
final class Validation {
    private final ConfigDef def;
    private final Map<String, String> props;
    private final ValidationContext context;
    private final UnknownKeys unknown;

    /** @param open prefixes under which a plugged-in class has keys of its own */
    Validation(ConfigDef def, List<String> open, Map<String, String> props) {
        this.def = def;
        this.unknown = new UnknownKeys(def.names(), open);
        this.props = new HashMap<>(props);
        this.props.remove(null);
        this.context = new ValidationContext(this.props.keySet());
    }

    List<ConfigValue> run() {
        def.configKeys().values().forEach(this::checkKey);
        ConnectionSettings.check(context);
        JetStreamSettings.check(context);
        StreamCreationSettings.check(context);
        PublishSettings.check(context);
        BucketSettings.check(context);
        OversizeSettings.check(context);
        TranslationSettings.check(context);
        CrossChecks.run(context);
        List<ConfigValue> result = new ArrayList<>();
        def.configKeys().values().forEach(key -> result.add(report(key)));
        for (String key : new TreeSet<>(props.keySet())) {
            String error = unknown.error(key);
            if (error != null) {
                result.add(refused(key, ErrorCode.UNKNOWN_KEY.text(error)));
            }
        }
        return result;
    }

    private void checkKey(ConfigKey key) {
        if (!props.containsKey(key.name)) {
            if (key.hasDefault()) {
                accept(key, key.defaultValue);
            } else {
                context.refuse(
                        ErrorCode.INVALID_VALUE, key.name, "is missing and required: set it to " + key.validator);
            }
            return;
        }
        String text = props.get(key.name);
        if (text == null) {
            context.refuse(ErrorCode.INVALID_VALUE, key.name, "must not be null: set it, or remove it");
            return;
        }
        Object value;
        try {
            value = ConfigDef.parseType(key.name, text, key.type);
        } catch (ConfigException e) {
            // The message of the exception holds the value.
            context.refuse(((ValueRule) key.validator).code(), key.name, "must be " + key.validator);
            return;
        }
        ValueRule rule = (ValueRule) key.validator;
        String problem = rule.check().problem(value);
        if (problem == null) {
            accept(key, value);
        } else {
            context.refuse(rule.code(), key.name, problem);
        }
    }

    private void accept(ConfigKey key, @Nullable Object value) {
        if (value != null) {
            context.accept(key.name, value);
        }
    }

    private ConfigValue report(ConfigKey key) {
        String error = context.error(key.name);
        ConfigValue report = error == null ? new ConfigValue(key.name) : refused(key.name, error);
        if (error == null) {
            report.value(context.value(key.name));
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
