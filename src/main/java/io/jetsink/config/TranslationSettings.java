package io.jetsink.config;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/**
 * How a record becomes a message.
 *
 * @param subject where it goes
 * @param headers which headers it has
 * @param payload what it holds
 * @param message what JetStream is to do with it
 */
public record TranslationSettings(
        SubjectSettings subject, HeaderSettings headers, PayloadSettings payload, MessageSettings message) {

    static void define(ConfigDef def) {
        SubjectSettings.define(def);
        HeaderSettings.define(def);
        PayloadSettings.define(def);
        MessageSettings.define(def);
    }

    static void check(ValidationContext findings) {
        SubjectSettings.check(findings);
        HeaderSettings.check(findings);
        PayloadSettings.check(findings);
        MessageSettings.check(findings);
    }

    /** Prefixes under which a plugged-in class has keys of its own. */
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
