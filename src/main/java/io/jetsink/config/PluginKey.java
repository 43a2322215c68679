package io.jetsink.config;

import io.jetsink.message.ErrorCode;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/**
 * A key whose value is the short name of a built-in or the name of a class that implements an interface.
 *
 * @param type the interface
 * @param builtIns short names in lower case; a name that ends with a colon is followed by an argument
 */
record PluginKey(String key, Class<?> type, List<String> builtIns) {

    PluginKey(String key, Class<?> type, String... builtIns) {
        this(key, type, List.of(builtIns));
    }

    KeyGroup.Undocumented define(KeyGroup group, @Nullable String defaultName, Importance importance, String label) {
        return group.recommended(key, defaultName, rule(), builtIns, importance, label);
    }

    private ValueRule rule() {
        String expectation = (builtIns.isEmpty() ? "" : String.join(", ", builtIns) + " or ")
                + "the name of a class in the connector's folder that implements " + type.getName();
        return new ValueRule(expectation, value -> problem((String) value), ErrorCode.UNUSABLE_CLASS);
    }

    private @Nullable String problem(String name) {
        String problem = ValueRule.problemOfText(name, ValueRule.MAX_TEXT);
        if (problem != null || builtIn(name) != null) {
            return problem;
        }
        Class<?> found;
        try {
            found = Class.forName(name, false, Utils.getContextOrKafkaClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return "must be " + (builtIns.isEmpty() ? "" : "one of " + String.join(", ", builtIns) + ", or ")
                    + "the name of a class that implements " + type.getName()
                    + ": put its jar into the connector's folder of plugin.path on every worker";
        }
        if (!type.isAssignableFrom(found)) {
            return "names a class that does not implement " + type.getName() + ": name one that does";
        }
        return isUsable(found)
                ? null
                : "names a class that cannot be used: the class must be public, must not be abstract, and must have a"
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

    /** Returns a short name in lower case, with its argument; null if the name is not that of a built-in. */
    private @Nullable String builtIn(String name) {
        for (String builtIn : builtIns) {
            boolean hasArgument = builtIn.endsWith(":");
            int length = builtIn.length();
            if (name.regionMatches(true, 0, builtIn, 0, length) && (name.length() > length) == hasArgument) {
                return builtIn + name.substring(length);
            }
        }
        return null;
    }

    /** Returns the prefixes of the settings of the classes that a configuration names. */
    static List<String> openPrefixes(Map<String, String> props, PluginKey... keys) {
        List<String> open = new ArrayList<>();
        for (PluginKey plugin : keys) {
            String name = props.get(plugin.key);
            if (name != null && plugin.builtIn(name.trim()) == null) {
                open.add(plugin.key + ".");
            }
        }
        return open;
    }

    /** Returns the choice, null if the key is not set. */
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

    /** Returns the settings with a prefix, without that prefix. */
    static Map<String, String> under(String prefix, Map<String, String> props) {
        Map<String, String> own = new HashMap<>();
        props.forEach((name, value) -> {
            if (value != null && name.startsWith(prefix) && name.length() > prefix.length()) {
                own.put(name.substring(prefix.length()), value);
            }
        });
        return Map.copyOf(own);
    }
}
