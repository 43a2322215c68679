package io.jetsink.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;

/**
 * The values of a key that takes one out of few, in whatever case. An enum's constant {@code AT_LEAST_ONCE} is written
 * {@code at-least-once}.
 *
 * @param type the values
 */
record EnumValues<E extends Enum<E>>(Class<E> type) implements ConfigDef.Recommender {

    static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    ValueRule rule() {
        return ValueRule.matching(
                "one of " + texts().stream().collect(Collectors.joining(", ")),
                value -> texts().contains(((String) value).toLowerCase(Locale.ROOT)));
    }

    /** The value for a text that {@link #rule} has accepted. */
    E parse(String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> text(value).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not accepted by the rule"));
    }

    @Override
    public List<Object> validValues(String key, Map<String, Object> parsed) {
        return List.copyOf(texts());
    }

    @Override
    public boolean visible(String key, Map<String, Object> parsed) {
        return true;
    }

    private List<String> texts() {
        return Arrays.stream(type.getEnumConstants()).map(EnumValues::text).toList();
    }
}
