package io.jetsink.config;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.jspecify.annotations.Nullable;

/**
 * A key that takes a built-in's short name or the name of a class that implements an interface of {@code io.jetsink.spi}.
 *
 * @param key the key
 * @param type what a class has to implement
 * @param builtIns short names in lower case; one that ends with a colon takes an argument behind it
 */
record PluginKey(String key, Class<?> type, List<String> builtIns) implements ConfigDef.Recommender {

    PluginKey(String key, Class<?> type, String... builtIns) {
        this(key, type, List.of(builtIns));
    }

    void define(KeyGroup group, @Nullable String defaultName, Importance importance, String label, String doc) {
        group.recommended(key, defaultName, rule(), importance, label, doc, this);
    }

    private ValueRule rule() {
        String expectation = (builtIns.isEmpty() ? "" : String.join(", ", builtIns) + " or ")
                + "the name of a class beside the connector that implements " + type.getName();
        return new ValueRule(expectation, value -> problem((String) value));
    }

    private @Nullable String problem(String name) {
        String problem = ValueRule.problemOfText(name, ValueRule.MAX_TEXT);
        if (problem != null || isBuiltIn(name)) {
            return problem;
        }
        Class<?> found;
        try {
            found = Class.forName(name, false, loader());
        } catch (ClassNotFoundException | LinkageError e) {
            return "must be " + (builtIns.isEmpty() ? "" : "one of " + String.join(", ", builtIns) + ", or ")
                    + "the name of a class that implements " + type.getName()
                    + ", whose jar lies in the connector's folder of plugin.path on every worker";
        }
        if (!type.isAssignableFrom(found)) {
            return "names a class that does not implement " + type.getName();
        }
        return isUsable(found)
                ? null
                : "names a class that cannot be used: it takes a public one, not abstract, with a"
                        + " public constructor without parameters";
    }

    private static boolean isUsable(Class<?> found) {
        try {
            return Modifier.isPublic(found.getModifiers())
                    && !Modifier.isAbstract(found.getModifiers())
                    && Modifier.isPublic(found.getConstructor().getModifiers());
        } catch (NoSuchMethodException | LinkageError e) {
            return false;
        }
    }

    private static ClassLoader loader() {
        return Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .orElse(PluginKey.class.getClassLoader());
    }

    private boolean isBuiltIn(String name) {
        return builtIn(name) != null;
    }

    /** A short name, whatever its case, as it is defined; null if this is none. */
    private @Nullable String builtIn(String name) {
        for (String builtIn : builtIns) {
            boolean takesMore = builtIn.endsWith(":");
            int length = builtIn.length();
            if (name.regionMatches(true, 0, builtIn, 0, length) && (name.length() > length) == takesMore) {
                return builtIn + name.substring(length);
            }
        }
        return null;
    }

    /** Whether keys under this one are a class's own. */
    private boolean takesOwnKeys(Map<String, String> props) {
        String name = props.get(key);
        return name != null && !isBuiltIn(name.trim());
    }

    /** Prefixes under which classes that are chosen have keys of their own. */
    static List<String> openPrefixes(Map<String, String> props, PluginKey... keys) {
        List<String> open = new ArrayList<>();
        for (PluginKey plugin : keys) {
            if (plugin.takesOwnKeys(props)) {
                open.add(plugin.key + ".");
            }
        }
        return open;
    }

    /** Null if nothing is chosen. */
    @Nullable
    PluginSettings from(AbstractConfig config, Map<String, String> props) {
        String name = config.getString(key);
        if (name == null) {
            return null;
        }
        String builtIn = builtIn(name);
        return builtIn == null
                ? new PluginSettings(key, name, false, under(key + ".", props))
                : new PluginSettings(key, builtIn, true, Map.of());
    }

    /** The keys under a prefix, which is taken off. */
    static Map<String, String> under(String prefix, Map<String, String> props) {
        Map<String, String> own = new HashMap<>();
        props.forEach((name, value) -> {
            if (value != null && name.startsWith(prefix) && name.length() > prefix.length()) {
                own.put(name.substring(prefix.length()), value);
            }
        });
        return Map.copyOf(own);
    }

    @Override
    public List<Object> validValues(String name, Map<String, Object> parsed) {
        return List.copyOf(builtIns);
    }

    @Override
    public boolean visible(String name, Map<String, Object> parsed) {
        return true;
    }
}
