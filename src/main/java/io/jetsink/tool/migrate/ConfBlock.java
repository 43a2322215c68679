package io.jetsink.tool.migrate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A block of a configuration file. It remembers the keys that were not read. */
final class ConfBlock {
    private static final Pattern NUMBER = Pattern.compile("(\\d{1,9})([kmg]?)(i?b?)");

    private final Map<String, Object> entries;

    ConfBlock(Map<String, Object> entries) {
        this.entries = new LinkedHashMap<>(entries);
    }

    boolean has(String key) {
        return entries.containsKey(key);
    }

    /** Returns a text, or an empty one if the key is missing or is not a text. */
    String text(String key) {
        return entries.remove(key) instanceof String text ? text : "";
    }

    boolean flag(String key) {
        return List.of("true", "yes", "on").contains(text(key).toLowerCase(Locale.ROOT));
    }

    /** Returns a number of which the suffix is resolved, or 0. */
    long number(String key) {
        Matcher number = NUMBER.matcher(text(key).toLowerCase(Locale.ROOT));
        if (!number.matches()) {
            return 0;
        }
        long unit = number.group(3).isEmpty() ? 1000 : 1024;
        long value = Long.parseLong(number.group(1));
        return switch (number.group(2)) {
            case "k" -> value * unit;
            case "m" -> value * unit * unit;
            case "g" -> value * unit * unit * unit;
            default -> value;
        };
    }

    /** Returns a block, empty if the key is missing. */
    ConfBlock block(String key) {
        return of(entries.remove(key));
    }

    /** Returns the texts of a list; a single text is a list of one. */
    List<String> texts(String key) {
        Object value = entries.remove(key);
        List<?> list = value instanceof List<?> several ? several : value == null ? List.of() : List.of(value);
        return list.stream().map(String::valueOf).toList();
    }

    List<ConfBlock> blocks(String key) {
        Object value = entries.remove(key);
        return value instanceof List<?> list ? list.stream().map(ConfBlock::of).toList() : List.of();
    }

    /** Removes keys that need no conversion. */
    void ignore(String... keys) {
        for (String key : keys) {
            entries.remove(key);
        }
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns the keys that were neither read nor ignored. */
    Set<String> unread() {
        return entries.keySet();
    }

    private static ConfBlock of(@Nullable Object value) {
        Map<String, Object> entries = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, entry) -> entries.put(String.valueOf(key), entry));
        }
        return new ConfBlock(entries);
    }
}
