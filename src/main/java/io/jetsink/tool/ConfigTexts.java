package io.jetsink.tool;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads configurations that are not parsed, in the way of Kafka's own classes. */
final class ConfigTexts {
    private ConfigTexts() {}

    /** Returns the elements of a comma separated list, none for null. */
    static List<String> list(@Nullable String list) {
        return list == null
                ? List.of()
                : Arrays.stream(list.split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    /** Returns the keys with this prefix, without the prefix. */
    static Map<String, Object> withPrefix(Map<String, String> properties, String prefix) {
        Map<String, Object> found = new HashMap<>();
        properties.forEach((key, value) -> {
            if (key.startsWith(prefix) && key.length() > prefix.length()) {
                found.put(key.substring(prefix.length()), value);
            }
        });
        return found;
    }
}
