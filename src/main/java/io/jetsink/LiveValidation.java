package io.jetsink;

import io.jetsink.config.JetStreamSettings;
import io.jetsink.config.JetStreamSettings.PreflightMode;
import io.jetsink.config.SinkConfig;
import io.jetsink.publish.preflight.ConfigProblem;
import io.jetsink.publish.preflight.ValidationPreflight;
import io.jetsink.translate.RecordTranslator;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;

/** Adds what a live server has against a configuration that is valid in itself ({@code preflight=validate}). */
final class LiveValidation {
    private LiveValidation() {}

    static void run(Map<String, String> props, Map<String, ConfigValue> values) {
        SinkConfig config = SinkConfig.parse(props);
        if (config.preflight() != PreflightMode.VALIDATE) {
            return;
        }
        try (RecordTranslator translator = new RecordTranslator(config.translation(), config.connectorName())) {
            for (ConfigProblem finding : ValidationPreflight.run(config, translator.subjects())) {
                value(finding.key(), values).addErrorMessage(finding.text());
            }
        } catch (ConfigException ownClass) {
            // What a class of the user's has against its keys, it names itself.
            value(JetStreamSettings.PREFLIGHT_CONFIG, values).addErrorMessage(String.valueOf(ownClass.getMessage()));
        }
    }

    private static ConfigValue value(String key, Map<String, ConfigValue> values) {
        ConfigValue value = values.get(key);
        if (value == null) {
            throw new IllegalStateException("no key of the connector: " + key);
        }
        return value;
    }
}
