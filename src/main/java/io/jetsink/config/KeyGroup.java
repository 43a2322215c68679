package io.jetsink.config;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/** Defines the keys of one group, in the order in which a user should meet them. */
final class KeyGroup {
    private final ConfigDef def;
    private final String name;
    private int order;

    KeyGroup(ConfigDef def, String name) {
        this.def = def;
        this.name = name;
    }

    KeyGroup flag(String key, boolean defaultValue, Importance importance, String label, String doc) {
        return add(key, ConfigDef.Type.BOOLEAN, defaultValue, ValueRule.flag(), importance, Width.SHORT, label, doc);
    }

    KeyGroup number(
            String key,
            ConfigDef.Type type,
            long defaultValue,
            ValueRule rule,
            Importance importance,
            String label,
            String doc) {
        // ConfigDef takes the text of a default for any type of number
        return add(key, type, Long.toString(defaultValue), rule, importance, Width.SHORT, label, doc);
    }

    KeyGroup text(
            String key,
            @Nullable String defaultValue,
            ValueRule rule,
            Importance importance,
            String label,
            String doc) {
        return add(key, ConfigDef.Type.STRING, defaultValue, rule, importance, Width.LONG, label, doc);
    }

    KeyGroup secret(String key, ValueRule rule, String label, String doc) {
        return add(key, ConfigDef.Type.PASSWORD, null, rule, Importance.HIGH, Width.LONG, label, doc);
    }

    <E extends Enum<E>> KeyGroup choice(
            String key, EnumValues<E> choice, E defaultValue, Importance importance, String label, String doc) {
        return recommended(key, EnumValues.text(defaultValue), choice.rule(), importance, label, doc, choice);
    }

    KeyGroup recommended(
            String key,
            @Nullable String defaultValue,
            ValueRule rule,
            Importance importance,
            String label,
            String doc,
            ConfigDef.Recommender recommender) {
        def.define(
                key,
                ConfigDef.Type.STRING,
                defaultValue,
                rule,
                importance,
                doc,
                name,
                ++order,
                Width.MEDIUM,
                label,
                recommender);
        return this;
    }

    KeyGroup add(
            String key,
            ConfigDef.Type type,
            @Nullable Object defaultValue,
            ValueRule rule,
            Importance importance,
            Width width,
            String label,
            String doc) {
        def.define(key, type, defaultValue, rule, importance, doc, name, ++order, width, label);
        return this;
    }
}
