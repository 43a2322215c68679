package io.jetsink.support;

import io.jetsink.config.SinkConfig;
import io.jetsink.config.TranslationSettings;
import java.util.HashMap;
import java.util.Map;

/** Settings of the translation as a configuration makes them, of which only what a test is about is said. */
public final class Translations {
    private Translations() {}

    public static TranslationSettings of(String... keysAndValues) {
        Map<String, String> props = new HashMap<>(Map.of("name", "orders", "nats.servers", "nats://localhost"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            props.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return SinkConfig.parse(props).translation();
    }
}
