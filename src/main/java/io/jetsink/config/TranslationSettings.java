package io.jetsink.config;

import java.util.List;
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

    /** Returns the prefixes of the settings of plugged-in classes. */
    static List<String> openPrefixes(Map<String, String> props) {
        List<String> open = PluginKey.openPrefixes(
                props, SubjectSettings.MAPPER, HeaderSettings.MAPPER, PayloadSettings.ENCODER, MessageSettings.ID);
        if (PayloadSettings.usesConverter(props)) {
            open.add(PayloadSettings.CONVERTER_PREFIX);
        }
        return open;
    }

    static TranslationSettings from(AbstractConfig config, Map<String, String> props) {
        return new TranslationSettings(
                SubjectSettings.from(config, props),
                HeaderSettings.from(config, props),
                PayloadSettings.from(config, props),
                MessageSettings.from(config, props));
    }
}
