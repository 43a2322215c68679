package io.jetsink.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/** Defines the keys of one group, in the order of the reference. */
final class KeyGroup {
    /** In keys of a time or a size: no limit. */
    static final long UNLIMITED = -1;

    private static final String AUTOMATIC = "auto";

    private final ConfigDef def;
    private final String name;
    private int order;

    KeyGroup(ConfigDef def, String name) {
        this.def = def;
        this.name = name;
    }

    /** A key without its documentation, which completes the definition. */
    @FunctionalInterface
    interface Undocumented {
        KeyGroup doc(String text);
    }

    private record Recommended(List<Object> values) implements ConfigDef.Recommender {
        @Override
        public List<Object> validValues(String key, Map<String, Object> parsed) {
            return values;
        }

        @Override
        public boolean visible(String key, Map<String, Object> parsed) {
            return true;
        }
    }

    /** A flag that is false by default. */
    Undocumented flag(String key, Importance importance, String label) {
        return flag(key, false, importance, label);
    }

    Undocumented flag(String key, boolean defaultValue, Importance importance, String label) {
        return key(key, Type.BOOLEAN, defaultValue, ValueRule.flag(), importance, Width.SHORT, label, null);
    }

    /** An int from 1 to {@code max}. */
    Undocumented count(String key, int defaultValue, int max, Importance importance, String label) {
        ValueRule rule = ValueRule.wholeNumber(1, max);
        return key(key, Type.INT, defaultValue, rule, importance, Width.SHORT, label, null);
    }

    /** An int from 1 to {@code max}, or {@value #AUTOMATIC}, which is the default. */
    Undocumented countOrAuto(String key, int max, Importance importance, String label) {
        ValueRule rule = ValueRule.wholeNumberOrText(AUTOMATIC, 1, max);
        return recommended(key, AUTOMATIC, rule, List.of(AUTOMATIC), importance, label);
    }

    Undocumented number(String key, long defaultValue, ValueRule rule, Importance importance, String label) {
        return key(key, Type.LONG, defaultValue, rule, importance, Width.SHORT, label, null);
    }

    /** A time in milliseconds that has no limit by default; {@link #durationOrNull} reads it. */
    Undocumented durationOrNever(String key, long min, Importance importance, String label) {
        return number(key, UNLIMITED, ValueRule.longMillisOr(UNLIMITED, min), importance, label);
    }

    /** A size in bytes that has no limit by default. */
    Undocumented bytesOrUnlimited(String key, String label) {
        return number(key, UNLIMITED, ValueRule.wholeNumberOr(UNLIMITED, 1, Long.MAX_VALUE), Importance.LOW, label);
    }

    Undocumented text(String key, @Nullable String defaultValue, ValueRule rule, Importance importance, String label) {
        return key(key, Type.STRING, defaultValue, rule, importance, Width.LONG, label, null);
    }

    Undocumented list(String key, Object defaultValue, ValueRule rule, Importance importance, String label) {
        return key(key, Type.LIST, defaultValue, rule, importance, Width.LONG, label, null);
    }

    Undocumented secret(String key, ValueRule rule, String label) {
        return key(key, Type.PASSWORD, null, rule, Importance.HIGH, Width.LONG, label, null);
    }

    <E extends Enum<E>> Undocumented choice(String key, E defaultValue, Importance importance, String label) {
        Class<E> type = defaultValue.getDeclaringClass();
        return recommended(
                key, EnumValues.text(defaultValue), EnumValues.rule(type), EnumValues.texts(type), importance, label);
    }

    Undocumented recommended(
            String key,
            @Nullable String defaultValue,
            ValueRule rule,
            List<String> values,
            Importance importance,
            String label) {
        Recommended recommended = new Recommended(List.copyOf(values));
        return key(key, Type.STRING, defaultValue, rule, importance, Width.MEDIUM, label, recommended);
    }

    Undocumented key(
            String key,
            Type type,
            @Nullable Object defaultValue,
            ValueRule rule,
            Importance importance,
            Width width,
            String label,
            @Nullable Recommended recommended) {
        return doc -> {
            def.define(key, type, defaultValue, rule, importance, doc, name, ++order, width, label, recommended);
            return this;
        };
    }

    /** @param automatic the number for {@value #AUTOMATIC} */
    static int countOrAuto(AbstractConfig config, String key, int automatic) {
        String value = config.getString(key).trim();
        return value.equals(AUTOMATIC) ? automatic : Integer.parseInt(value);
    }

    static @Nullable Duration durationOrNull(AbstractConfig config, String key) {
        long millis = config.getLong(key);
        return millis == UNLIMITED ? null : Duration.ofMillis(millis);
    }
}
