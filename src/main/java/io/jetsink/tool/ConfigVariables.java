package io.jetsink.tool;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** The config providers of a worker ({@code config.providers}). Each value that they return counts as a secret. */
final class ConfigVariables implements AutoCloseable {
    private static final String PROVIDERS = "config.providers";

    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}:]+):[^}]+}");

    private final Map<String, ConfigProvider> providers = new HashMap<>();
    private final ConfigTransformer transformer;

    /** @param worker properties of the worker */
    ConfigVariables(Map<String, String> worker, PluginClasses classes, Secrets secrets) {
        for (String name : ConfigTexts.list(worker.get(PROVIDERS))) {
            String prefix = PROVIDERS + "." + name + ".";
            String type = worker.get(prefix + "class");
            if (type == null) {
                throw new UsageException(prefix + "class is missing from the properties of the worker");
            }
            ConfigProvider provider = classes.create(prefix + "class", type, ConfigProvider.class);
            provider.configure(ConfigTexts.withPrefix(worker, prefix + "param."));
            providers.put(name, new Recorded(provider, secrets));
        }
        transformer = new ConfigTransformer(providers);
    }

    /** Returns the name of the config provider that a value refers to, or null. */
    static @Nullable String provider(String value) {
        Matcher reference = REFERENCE.matcher(value);
        return reference.find() ? reference.group(1) : null;
    }

    /**
     * Replaces references to the providers. Other texts of the form <code>${…}</code> stay.
     *
     * @throws ToolException if a provider has no such value
     */
    Map<String, String> resolve(Map<String, String> config) {
        Map<String, String> given = new HashMap<>(config);
        // The transformer accepts no null values, which validation reports.
        given.values().removeIf(value -> value == null);
        try {
            Map<String, String> resolved = new HashMap<>(config);
            resolved.putAll(transformer.transform(given).data());
            return resolved;
        } catch (RuntimeException e) {
            throw new ToolException("a reference to a config provider cannot be resolved", e);
        }
    }

    @Override
    public void close() {
        providers.values().forEach(provider -> Utils.closeQuietly(provider, "config provider"));
    }

    /** Passes calls on, and remembers the values as secrets. */
    private record Recorded(ConfigProvider provider, Secrets secrets) implements ConfigProvider {
        @Override
        public ConfigData get(String path) {
            return recorded(provider.get(path));
        }

        @Override
        public ConfigData get(String path, Set<String> keys) {
            return recorded(provider.get(path, keys));
        }

        private ConfigData recorded(ConfigData data) {
            data.data().values().forEach(secrets::add);
            return data;
        }

        @Override
        public void configure(Map<String, ?> configs) {
            provider.configure(configs);
        }

        @Override
        public void close() throws IOException {
            provider.close();
        }
    }
}
