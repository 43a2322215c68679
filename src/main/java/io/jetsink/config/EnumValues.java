package io.jetsink.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The texts of an enum's constants in a configuration: {@code AT_LEAST_ONCE} is {@code at-least-once}, in any case. */
final class EnumValues {
    private EnumValues() {}

    static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static List<String> texts(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants()).map(EnumValues::text).toList();
    }

    static ValueRule rule(Class<? extends Enum<?>> type) {
        return ValueRule.matching(
                "one of " + String.join(", ", texts(type)),
                value -> texts(type).contains(((String) value).toLowerCase(Locale.ROOT)));
    }

    /** Returns the constant for a text that {@link #rule} has accepted. */
    static <E extends Enum<E>> E parse(Class<E> type, String text) {
        return Arrays.stream(type.getEnumConstants())
                .filter(value -> text(value).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not accepted by the rule"));
    }
}
