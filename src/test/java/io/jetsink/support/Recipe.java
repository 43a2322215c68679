package io.jetsink.support;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A connector as it is shown to users.
 *
 * @param file where, for messages
 */
public record Recipe(String file, String name, Map<String, String> config) {
    public Recipe {
        config = Map.copyOf(config);
    }

    /** The configuration, to be changed as hosts demand. */
    public Map<String, String> copy() {
        return new HashMap<>(config);
    }

    /** The topics, where they are named one by one. */
    public List<String> topics() {
        String topics = config.getOrDefault("topics", "");
        return topics.isEmpty() ? List.of() : List.of(topics.split(","));
    }

    @Override
    public String toString() {
        return name + " (" + file + ")";
    }
}
