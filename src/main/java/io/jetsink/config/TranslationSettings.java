package io.jetsink.config;

import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** The translation of records into messages. */
public record TranslationSettings(
        SubjectSettings subject, HeaderSettings headers, PayloadSettings payload, MessageSettings message) {

    static void define(ConfigDef def) {
        SubjectSettings.define(def);
        HeaderSettings.define(def);
        PayloadSettings.define(def);
        MessageSettings.define(def);
    }

    static void check(ValidationContext context) {
        SubjectSettings.check(context);
        HeaderSettings.check(context);
        PayloadSettings.check(context);
        MessageSettings.check(context);
    }

    static TranslationSettings from(AbstractConfig config, Map<String, String> props) {
        return new TranslationSettings(
                SubjectSettings.from(config, props),
                HeaderSettings.from(config, props),
                PayloadSettings.from(config, props),
                MessageSettings.from(config, props));
    }
}
